"""pynettcp: a codec in Python by its own authors, made to speak to WCF. Its types: integer, boolean, text, bytes, uuid, float."""

import base64
import struct
import uuid

from document import element, resolve, serve
from pynettcp.dictionary import STATIC_STRINGS, static_id
from pynettcp.nbfx import BinaryXmlReader, BinaryXmlWriter, DictStr


def typed(value):
    if isinstance(value, bool):
        return {"t": "boolean", "v": "true" if value else "false"}
    if isinstance(value, int):
        return {"t": "integer", "v": str(value)}
    if isinstance(value, bytes):
        return {"t": "bytes", "v": base64.b64encode(value).decode("ascii")}
    if isinstance(value, uuid.UUID):
        return {"t": "uuid", "v": str(value)}
    if isinstance(value, str):
        return {"t": "text", "v": value}
    raise ValueError(f"no text for {type(value).__name__}")


def decode(data):
    root = None
    stack = []
    attribute = None
    for event in BinaryXmlReader(data).read():
        kind = event[0]
        if kind == "start":
            node = element(event[1], event[2])
            if stack:
                stack[-1]["c"].append(node)
            elif root is None:
                root = node
            else:
                raise ValueError("a second root element")
            stack.append(node)
        elif kind == "end":
            stack.pop()
        elif kind == "xmlns":
            stack[-1]["d"].append([event[1], event[2]])
        elif kind == "attr":
            attribute = {"p": event[1], "n": event[2]}
        elif kind == "text":
            if attribute is None:
                stack[-1]["c"].append(typed(event[1]))
            else:
                stack[-1]["a"].append({**attribute, **typed(event[1])})
                attribute = None
    if stack:
        raise ValueError("an element that does not end")
    return resolve(root)


def shared(text):
    return text if static_id(text) is None else DictStr(text)


def native(kind, value):
    if kind in ("zero", "one", "int8", "int16", "int32", "int64", "uint64"):
        return int(value)
    if kind in ("true", "false", "bool"):
        return value == "true"
    if kind == "bytes":
        return base64.b64decode(value)
    if kind in ("chars", "unicode", "empty"):
        return value
    raise ValueError(f"no value for {kind}")


def write(writer, node):
    writer.start_element(node["p"], shared(node["n"]))
    for prefix, namespace in node["d"]:
        writer.xmlns(prefix, shared(namespace))
    for attribute in node["a"]:
        writer.attribute(attribute["p"], shared(attribute["n"]), native(attribute["t"], attribute["v"]))
    for child in node["c"]:
        if "n" in child:
            write(writer, child)
        elif child["t"] == "uniqueid":
            writer.write_unique_id(uuid.UUID(child["v"]))
        elif child["t"] == "uuid":
            writer.write_uuid(uuid.UUID(child["v"]))
        else:
            writer.value(native(child["t"], child["v"]))
    writer.end_element()


def encode(tree):
    writer = BinaryXmlWriter()
    write(writer, tree)
    return writer.getvalue()


serve(decode, encode, lambda request: {"dictionary": list(STATIC_STRINGS)})
