"""What is common to the peers: documents as JSON, and a loop over lines of standard input.

An element is {"p": prefix, "n": name, "u": namespace, "d": [[prefix, namespace]], "a": [attribute], "c": [element or text]}, an attribute
{"p", "n", "u", "t", "v"}, a text {"t": type, "v": characters}. A peer says by its types how exactly it tells them apart.
"""

import base64
import json
import sys
import traceback

XMLNS = "http://www.w3.org/2000/xmlns/"
XML = "http://www.w3.org/XML/1998/namespace"


def element(prefix, name, namespace=None):
    return {"p": prefix, "n": name, "u": namespace, "d": [], "a": [], "c": []}


def resolve(root):
    """Fills in namespaces by the declarations: for decoders that give prefixes only."""
    stack = [(root, {"": "", "xml": XML})]
    while stack:
        node, outer = stack.pop()
        scope = dict(outer)
        scope.update({prefix: namespace for prefix, namespace in node["d"]})
        node["u"] = scope[node["p"]]
        for attribute in node["a"]:
            attribute["u"] = "" if attribute["p"] == "" else scope[attribute["p"]]
        stack.extend((child, scope) for child in node["c"] if "n" in child)
    return root


def serve(decode, encode, more=None):
    """Answers {"id", "decode": base64} with {"id", "tree"}, {"id", "encode": tree} with {"id", "bytes"}; what fails with {"id", "error"}."""
    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        answer = {"id": request["id"]}
        try:
            if "decode" in request:
                answer["tree"] = decode(base64.b64decode(request["decode"]))
            elif "encode" in request:
                answer["bytes"] = base64.b64encode(encode(request["encode"])).decode("ascii")
            else:
                answer.update(more(request))
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            answer["error"] = f"{type(error).__name__}: {error} ({last.filename.split('site-packages/')[-1]}:{last.lineno})"
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
