"""python-wcfbin (package wcf). It decodes to records, whose types are those of the specification, and encodes XML text, guessing the types."""

import base64
import html.entities
import io
import logging
import sys
import types
from xml.sax.saxutils import escape, quoteattr

import wcf.records
from wcf.records import attributes, base, elements, text
from wcf.records.base import Element, Record, Text

# Since it became a package, its encoder (xml2records.py, lines 11 to 54) imports names from where they are not: they are put there.
sys.modules["wcf.attributes"] = attributes
for module in (base, attributes, elements, text):
    for name, value in vars(module).items():
        if isinstance(value, type):
            setattr(wcf.records, name, value)
for missing in ("base", "data", "ms"):
    setattr(wcf.records, missing, None)


class Names(dict):
    iteritems = dict.items


# Named character references in values need a module of Python 2 (MyHTMLParser.py, lines 391 to 395): it is put there.
sys.modules["htmlentitydefs"] = types.SimpleNamespace(name2codepoint=Names(html.entities.name2codepoint))
wcf.records.DateTimeTextRecord = text.DatetimeTextRecord

from document import element, resolve, serve
from wcf.dictionary import dictionary
from wcf.records import dump_records

logging.disable(logging.CRITICAL)

KINDS = {
    "ZeroTextRecord": "zero",
    "OneTextRecord": "one",
    "FalseTextRecord": "false",
    "TrueTextRecord": "true",
    "Int8TextRecord": "int8",
    "Int16TextRecord": "int16",
    "Int32TextRecord": "int32",
    "Int64TextRecord": "int64",
    "UInt64TextRecord": "uint64",
    "Chars8TextRecord": "chars",
    "Chars16TextRecord": "chars",
    "Chars32TextRecord": "chars",
    "Bytes8TextRecord": "bytes",
    "Bytes16TextRecord": "bytes",
    "Bytes32TextRecord": "bytes",
    "UniqueIdTextRecord": "uniqueid",
    "UuidTextRecord": "uuid",
    "EmptyTextRecord": "empty",
    "DictionaryTextRecord": "chars",
}


def typed(record):
    name = type(record).__name__
    kind = KINDS.get(name)
    if kind is None:
        raise ValueError(f"no text for {name}")
    if kind == "chars" and hasattr(record, "value"):
        return {"t": kind, "v": record.value}
    if kind == "bytes":
        return {"t": kind, "v": base64.b64encode(record.value).decode("ascii")}
    if kind in ("uniqueid", "uuid"):
        return {"t": kind, "v": str(record.uuid)}
    if kind == "empty":
        return {"t": kind, "v": ""}
    return {"t": kind, "v": str(record)}


def name_of(record):
    return dictionary[record.index] if hasattr(record, "index") else record.name


def convert(record):
    node = element(getattr(record, "prefix", None) or "", name_of(record))
    for one in record.attributes:
        kind = type(one).__name__
        if kind == "DictionaryXmlnsAttributeRecord":
            node["d"].append([one.prefix, dictionary[one.index]])
        elif kind == "ShortDictionaryXmlnsAttributeRecord":
            node["d"].append(["", dictionary[one.index]])
        elif kind == "XmlnsAttributeRecord":
            node["d"].append([one.name, one.value])
        elif kind == "ShortXmlnsAttributeRecord":
            node["d"].append(["", one.value])
        else:
            node["a"].append({"p": getattr(one, "prefix", None) or "", "n": name_of(one), **typed(one.value)})
    for child in record.childs:
        node["c"].append(typed(child) if isinstance(child, Text) else convert(child))
    return node


def decode(data):
    records = Record.parse(io.BytesIO(data))
    if len(records) != 1 or not isinstance(records[0], Element):
        raise ValueError(f"{len(records)} root records")
    return resolve(convert(records[0]))


def text_of(node):
    if "n" not in node:
        value = f"urn:uuid:{node['v']}" if node["t"] == "uniqueid" else node["v"]
        return escape(value)
    name = node["n"] if node["p"] == "" else f"{node['p']}:{node['n']}"
    attributes = [(a["n"] if a["p"] == "" else f"{a['p']}:{a['n']}", a["v"]) for a in node["a"]]
    attributes += [("xmlns" if p == "" else f"xmlns:{p}", u) for p, u in node["d"]]
    shown = "".join(f" {key}={quoteattr(value)}" for key, value in attributes)
    return f"<{name}{shown}>{''.join(text_of(child) for child in node['c'])}</{name}>"


def encode(tree):
    from wcf.xml2records import XMLParser

    class Parser(XMLParser):
        # It writes the number of a qualified name in three bytes (records/text.py, lines 369 to 374); .NET and the specification have a MultiByteInt31.
        def _parse_data(self, data, is_cdata=False):
            record = super()._parse_data(data, is_cdata)
            return text.Chars8TextRecord(data) if isinstance(record, text.QNameDictionaryTextRecord) else record

    return dump_records(Parser.parse(text_of(tree)))


def again(request):
    """Its own records of the bytes, written again."""
    data = base64.b64decode(request["again"])
    return {"bytes": base64.b64encode(dump_records(Record.parse(io.BytesIO(data)))).decode("ascii")}


serve(decode, encode, again)
