"""The reader and writer of .NET itself (XmlDictionaryReader, XmlDictionaryWriter), in the runtime that Microsoft publishes as a Python package.

The strings of the static dictionary are those that pynettcp read out of System.ServiceModel. The reader gives characters; the writer takes typed values.
"""

import base64
import json
import os
import sys
import tempfile

os.environ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1"

import dotnetcore2
from clr_loader import get_coreclr
from pythonnet import set_runtime

with tempfile.TemporaryDirectory() as folder:
    configuration = os.path.join(folder, "peer.runtimeconfig.json")
    framework = {"name": "Microsoft.NETCore.App", "version": "3.1.0"}
    with open(configuration, "w") as file:
        json.dump({"runtimeOptions": {"tfm": "netcoreapp3.1", "framework": framework}}, file)
    root = os.path.join(os.path.dirname(dotnetcore2.__file__), "bin")
    set_runtime(get_coreclr(runtime_config=configuration, dotnet_root=root))
    import clr

clr.AddReference("System.Private.DataContractSerialization")
clr.AddReference("System.Private.Xml")

from System import Array, Boolean, Byte, DateTime, DateTimeKind, Decimal, Double, Guid, Int32, Int64, Single, TimeSpan
from System import UInt64, String
from System.IO import MemoryStream
from System.Xml import XmlDictionary, XmlDictionaryReader, XmlDictionaryReaderQuotas, XmlDictionaryString
from System.Xml import XmlDictionaryWriter, XmlNodeType, UniqueId

from document import XMLNS, element, serve
from pynettcp.dictionary import STATIC_STRINGS

DICTIONARY = XmlDictionary()
for string in STATIC_STRINGS:
    DICTIONARY.Add(string)
#: Strings that are in no dictionary of the message: written in full.
OTHERS = XmlDictionary()
TEXTS = {XmlNodeType.Text, XmlNodeType.CDATA, XmlNodeType.Whitespace, XmlNodeType.SignificantWhitespace}
KNOWN = {string: DICTIONARY.Add(string) for string in STATIC_STRINGS}
NEW = {}


def shared(text):
    if text in KNOWN:
        return KNOWN[text]
    if text not in NEW:
        NEW[text] = OTHERS.Add(text)
    return NEW[text]


def decode(data):
    stream = MemoryStream(Array[Byte](data))
    reader = XmlDictionaryReader.CreateBinaryReader(stream, DICTIONARY, XmlDictionaryReaderQuotas.Max)
    top = None
    stack = []
    while reader.Read():
        kind = reader.NodeType
        if kind == XmlNodeType.Element:
            node = element(reader.Prefix, reader.LocalName, reader.NamespaceURI)
            empty = reader.IsEmptyElement
            while reader.MoveToNextAttribute():
                if reader.NamespaceURI == XMLNS:
                    node["d"].append(["" if reader.Prefix == "" else reader.LocalName, reader.Value])
                else:
                    name = {"p": reader.Prefix, "n": reader.LocalName, "u": reader.NamespaceURI}
                    node["a"].append({**name, "t": "characters", "v": reader.Value})
            if stack:
                stack[-1]["c"].append(node)
            elif top is None:
                top = node
            else:
                raise ValueError("a second root element")
            if not empty:
                stack.append(node)
        elif kind == XmlNodeType.EndElement:
            stack.pop()
        elif kind in TEXTS:
            stack[-1]["c"].append({"t": "characters", "v": reader.Value})
    if stack or top is None:
        raise ValueError("an element that does not end")
    return top


def write_text(writer, kind, value):
    if kind in ("zero", "one", "int8", "int16", "int32"):
        writer.WriteValue.Overloads[Int32](int(value))
    elif kind == "int64":
        writer.WriteValue.Overloads[Int64](Int64.Parse(value))
    elif kind in ("true", "false", "bool"):
        writer.WriteValue.Overloads[Boolean](value == "true")
    elif kind == "bytes":
        data = base64.b64decode(value)
        writer.WriteBase64(Array[Byte](data), 0, len(data))
    elif kind == "uniqueid":
        writer.WriteValue.Overloads[UniqueId](UniqueId(Guid(value)))
    elif kind == "uuid":
        writer.WriteValue.Overloads[Guid](Guid(value))
    elif kind in ("chars", "unicode", "empty"):
        writer.WriteString.Overloads[String](value)
    else:
        raise ValueError(f"no value for {kind}")


def write(writer, node):
    writer.WriteStartElement(node["p"], shared(node["n"]), shared(node["u"]))
    for attribute in node["a"]:
        writer.WriteStartAttribute(attribute["p"], shared(attribute["n"]), shared(attribute["u"]))
        write_text(writer, attribute["t"], attribute["v"])
        writer.WriteEndAttribute()
    for prefix, namespace in node["d"]:
        writer.WriteXmlnsAttribute(prefix, shared(namespace))
    for child in node["c"]:
        if "n" in child:
            write(writer, child)
        else:
            write_text(writer, child["t"], child["v"])
    writer.WriteEndElement()


def finished(write_document):
    stream = MemoryStream()
    writer = XmlDictionaryWriter.CreateBinaryWriter(stream, DICTIONARY)
    write_document(writer)
    writer.Flush()
    return bytes(stream.ToArray())


def encode(tree):
    return finished(lambda writer: write(writer, tree))


SAMPLES = {
    "boolean": lambda w: w.WriteValue.Overloads[Boolean](True),
    "int": lambda w: w.WriteValue.Overloads[Int32](-70000),
    "long": lambda w: w.WriteValue.Overloads[Int64](Int64.MinValue),
    "float": lambda w: w.WriteValue.Overloads[Single](Single(1.5)),
    "double": lambda w: w.WriteValue.Overloads[Double](1.1),
    "decimal": lambda w: w.WriteValue.Overloads[Decimal](Decimal.Parse("-79228162514264337593543950.335")),
    "dateTime": lambda w: w.WriteValue.Overloads[DateTime](DateTime(2026, 11, 21, 20, 54, 0, 123, DateTimeKind.Utc)),
    "date": lambda w: w.WriteValue.Overloads[DateTime](DateTime(1601, 1, 1)),
    "timeSpan": lambda w: w.WriteValue.Overloads[TimeSpan](TimeSpan(1, 2, 3, 4, 5)),
    "guid": lambda w: w.WriteValue.Overloads[Guid](Guid("33221100-5544-7766-8899-aabbccddeeff")),
    "uniqueId": lambda w: w.WriteValue.Overloads[UniqueId](UniqueId(Guid("33221100-5544-7766-8899-aabbccddeeff"))),
    "base64": lambda w: w.WriteBase64(Array[Byte](bytes(range(256)) * 3), 0, 768),
    "text": lambda w: w.WriteString.Overloads[String]("Jürgen <&> 😀 " * 60),
    "shared": lambda w: w.WriteString(KNOWN["http://www.w3.org/2005/08/addressing/none"]),
    "empty": lambda w: w.WriteString.Overloads[String](""),
    "qualified": lambda w: w.WriteQualifiedName(KNOWN["Envelope"], shared("urn:samples")),
}


def samples(request):
    """A document with a value of every type that .NET writes, arrays among them, and how .NET itself reads it."""

    def document(writer):
        writer.WriteStartElement("x", shared("samples"), shared("urn:samples"))
        for name, write_sample in SAMPLES.items():
            writer.WriteStartElement("x", shared(name), shared("urn:samples"))
            write_sample(writer)
            writer.WriteEndElement()
        writer.WriteArray.Overloads[String, XmlDictionaryString, XmlDictionaryString, Array[Int32], Int32, Int32](
            "x", shared("item"), shared("urn:samples"), Array[Int32]([1, -2, 300000]), 0, 3
        )
        writer.WriteArray.Overloads[String, XmlDictionaryString, XmlDictionaryString, Array[Boolean], Int32, Int32](
            "x", shared("flag"), shared("urn:samples"), Array[Boolean]([True, False]), 0, 2
        )
        writer.WriteComment("a comment")
        writer.WriteEndElement()

    data = finished(document)
    return {"bytes": base64.b64encode(data).decode("ascii"), "tree": decode(data)}


serve(decode, encode, samples)
