"""Holds the textual syntax that mlkit prints against ONNX's own parser.

Not part of the product and not run by the tests. Needs Python with onnx >= 1.23 and `npm run build`:

    python bench/check-text.py [--max-bytes N] FOLDER-OR-MODEL...

Every model is printed by mlkit (bench/check-text.js, all elements shown), the text is parsed by
onnx.parser, and the result is compared with the file as protobuf reads it: header, functions, types
and shapes, constants byte by byte, nodes with names, attributes and subgraphs. What the syntax
cannot say is counted by reason and left out of the comparison. Exits with 1 when anything differs.
"""

import argparse
import collections
import math
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto, helper, parser

IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
WORDS = {
    *("float double float16 bfloat16 string bool complex64 complex128".split()),
    *("int2 int4 int8 int16 int32 int64 uint2 uint4 uint8 uint16 uint32 uint64".split()),
    *("float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz float8e8m0".split()),
    *("float4e2m1 float6e2m3 float6e3m2 seq map optional sparse_tensor opaque".split()),
}


class Reader:
    """Turns protobuf into lists that compare, and counts what the syntax has no words for."""

    def __init__(self):
        self.lost = collections.Counter()

    def name(self, text):
        if CONTROLS.search(text) or "\n" in text or "\t" in text:
            self.lost["control characters"] += 1
            return None
        return text

    def word(self, text, what):
        if text and not IDENTIFIER.match(text):
            self.lost[f"{what} is no identifier"] += 1
        return text

    def text(self, data):
        try:
            text = data if isinstance(data, str) else data.decode()
        except UnicodeDecodeError:
            self.lost["bytes that are no text"] += 1
            return None
        if CONTROLS.search(text):
            self.lost["control characters"] += 1
            return None
        return text

    def type(self, proto):
        kind = proto.WhichOneof("value")
        if kind in ("tensor_type", "sparse_tensor_type"):
            tensor = getattr(proto, kind)
            if tensor.elem_type == 0 or tensor.elem_type not in TensorProto.DataType.values():
                self.lost["unknown element type"] += 1
                return None
            shape = None
            if tensor.HasField("shape"):
                shape = []
                for dim in tensor.shape.dim:
                    which = dim.WhichOneof("value")
                    # An empty symbol says no more than none.
                    shape.append(getattr(dim, which) or None if which == "dim_param" else dim.dim_value if which else None)
                    if which == "dim_param":
                        self.name(dim.dim_param)
            return [kind, tensor.elem_type, shape]
        if kind in ("sequence_type", "optional_type"):
            inner = self.type(getattr(proto, kind).elem_type)
            return inner and [kind, inner]
        if kind == "map_type":
            inner = self.type(proto.map_type.value_type)
            return inner and [kind, proto.map_type.key_type, inner]
        if kind == "opaque_type":
            return [kind, proto.opaque_type.domain, proto.opaque_type.name]
        return None

    def tensor(self, proto, is_constant=False):
        plain = IDENTIFIER.match(proto.name) and proto.name not in WORDS
        if is_constant:
            name = self.name(proto.name)
        elif proto.name and not plain:
            self.lost["name of a tensor in an attribute"] += 1
            name = ""
        else:
            name = proto.name
        if proto.doc_string or proto.metadata_props:
            self.lost["documentation or metadata"] += 1
        if proto.data_location == TensorProto.EXTERNAL:
            keys = ("location", "offset", "length")
            data = {e.key: e.value for e in proto.external_data if e.key in keys}
            if not all(value.isdigit() for key, value in data.items() if key != "location"):
                self.lost["broken reference to a data file"] += 1
                return None
            if data.get("offset") == "0":
                del data["offset"]
        elif proto.data_type == TensorProto.STRING:
            data = [self.text(each) for each in proto.string_data]
        else:
            data = raw_bytes(proto)
            if len(data) != (math.prod(proto.dims) * bits_of(proto.data_type) + 7) // 8:
                # Printed without elements, so only what is printed counts.
                self.lost["constant whose data do not fit its shape"] += 1
                data = None
        return [name, proto.data_type, list(proto.dims), data]

    def attribute(self, proto, is_declared=False):
        type_ = kind_of(proto)
        kind = AttributeProto.AttributeType.Name(type_)
        if not is_declared and not IDENTIFIER.match(proto.name):
            self.lost["attribute's name is no identifier"] += 1
            return None
        if proto.ref_attr_name:
            return [proto.name, kind, "@", proto.ref_attr_name]
        if proto.doc_string:
            self.lost["documentation or metadata"] += 1
        if type_ == AttributeProto.FLOAT:
            value = float_bits([proto.f])
        elif type_ == AttributeProto.FLOATS:
            value = float_bits(proto.floats)
        elif type_ == AttributeProto.INT:
            value = proto.i
        elif type_ == AttributeProto.INTS:
            value = list(proto.ints)
        elif type_ == AttributeProto.STRING:
            value = self.text(proto.s)
        elif type_ == AttributeProto.STRINGS:
            value = [self.text(each) for each in proto.strings]
        elif type_ == AttributeProto.TENSOR:
            value = self.tensor(proto.t)
        elif type_ == AttributeProto.TYPE_PROTO:
            value = self.type(proto.tp)
            if value is None:
                self.lost["unknown element type"] += 1
                return None
        elif type_ == AttributeProto.GRAPH:
            value = self.graph(proto.g, is_main=False)
        elif type_ in (AttributeProto.GRAPHS, AttributeProto.TENSORS, AttributeProto.TYPE_PROTOS):
            self.lost["list that ONNX's parser drops"] += 1
            value = None
        else:
            self.lost["attribute without a word for it"] += 1
            return None
        return [proto.name, kind, value]

    def node(self, proto):
        if proto.doc_string or proto.metadata_props:
            self.lost["documentation or metadata"] += 1
        domain = "" if proto.domain == "ai.onnx" else proto.domain
        for part in domain.split("."):
            self.word(part, "domain")
        attributes = [self.attribute(each) for each in proto.attribute]
        return [
            self.word(proto.op_type, "operator"),
            domain,
            self.word(proto.overload, "overload"),
            self.name(proto.name),
            [self.name(each) for each in proto.input],
            [self.name(each) for each in proto.output],
            [each for each in attributes if each is not None],
        ]

    def value(self, proto):
        if proto.doc_string or proto.metadata_props:
            self.lost["documentation or metadata"] += 1
        return [self.name(proto.name), self.type(proto.type)]

    def graph(self, proto, is_main=True):
        if proto.doc_string or proto.metadata_props:
            self.lost["documentation or metadata"] += 1
        if proto.sparse_initializer:
            self.lost["sparse constant"] += len(proto.sparse_initializer)
        if proto.quantization_annotation:
            self.lost["quantization annotation"] += 1
        name = self.name(proto.name)
        if not is_main and not (IDENTIFIER.match(proto.name) and proto.name not in WORDS):
            self.lost["name of a subgraph"] += 1
            name = None
        constants = [self.tensor(each, is_constant=True) for each in proto.initializer]
        inputs = [self.value(each) for each in proto.input]
        outputs = [self.value(each) for each in proto.output]
        # Of what nodes of this graph produce; of two entries the first that has a type, as in mlkit.
        produced = {name for node in proto.node for name in node.output} - {e[0] for e in outputs}
        infos = {}
        for name_, type_ in (self.value(each) for each in proto.value_info):
            if name_ in produced and type_ is not None:
                infos.setdefault(name_, type_)
        nodes = [self.node(each) for each in proto.node]
        return {
            "name": name,
            "constants": constants,
            "inputs": inputs,
            "outputs": outputs,
            "infos": infos,
            "nodes": nodes,
        }

    def function(self, proto):
        infos = {}
        for each in proto.value_info:
            type_ = self.type(each.type)
            if type_ is not None:
                infos.setdefault(each.name, type_)
        if proto.metadata_props:
            self.lost["documentation or metadata"] += 1
        return {
            "name": self.name(proto.name),
            "domain": proto.domain,
            "overload": proto.overload,
            "doc": self.text(proto.doc_string),
            "opsets": opsets(proto),
            "required": list(proto.attribute),
            "optional": [self.attribute(each, is_declared=True) for each in proto.attribute_proto],
            "inputs": [self.name(each) for each in proto.input],
            "outputs": [self.name(each) for each in proto.output],
            "infos": infos,
            "nodes": [self.node(each) for each in proto.node],
        }

    def model(self, proto):
        if proto.training_info:
            self.lost["training"] += 1
        return {
            "ir": proto.ir_version,
            "opsets": opsets(proto),
            "producer": [self.text(proto.producer_name), self.text(proto.producer_version)],
            "domain": self.text(proto.domain),
            "version": proto.model_version,
            "doc": self.text(proto.doc_string),
            "metadata": [[self.text(e.key), self.text(e.value)] for e in proto.metadata_props],
            "graph": self.graph(proto.graph),
            "functions": [self.function(each) for each in proto.functions],
        }


def bits_of(code):
    if code in (TensorProto.COMPLEX64, TensorProto.COMPLEX128):
        return 64 if code == TensorProto.COMPLEX64 else 128
    name = TensorProto.DataType.Name(code)
    packed = {"INT4": 4, "UINT4": 4, "FLOAT4E2M1": 4, "INT2": 2, "UINT2": 2}
    packed |= {"FLOAT6E2M3": 6, "FLOAT6E3M2": 6}
    return packed.get(name) or helper.tensor_dtype_to_np_dtype(code).itemsize * 8


def kind_of(proto):
    """The type of an attribute; files of IR version 1 do not say it."""
    fields = {"f": "FLOAT", "i": "INT", "s": "STRING", "t": "TENSOR", "g": "GRAPH"}
    lists = {"floats": "FLOATS", "ints": "INTS", "strings": "STRINGS"}
    if proto.type == AttributeProto.UNDEFINED:
        for field, kind in fields.items():
            if proto.HasField(field):
                return AttributeProto.AttributeType.Value(kind)
        for field, kind in lists.items():
            if len(getattr(proto, field)) > 0:
                return AttributeProto.AttributeType.Value(kind)
    return proto.type


def opsets(proto):
    return [["" if e.domain == "ai.onnx" else e.domain, e.version] for e in proto.opset_import]


def float_bits(values, dtype="<f4"):
    array = np.array(values, dtype=dtype)
    array[np.isnan(array)] = np.nan
    return array.tobytes()


def raw_bytes(proto):
    """The elements as raw_data has them, from whatever field they are in; every NaN the same."""
    code = proto.data_type
    wide = {TensorProto.FLOAT: "<f4", TensorProto.COMPLEX64: "<f4"}
    wide |= {TensorProto.DOUBLE: "<f8", TensorProto.COMPLEX128: "<f8"}
    if code in wide:
        fields = proto.float_data if wide[code] == "<f4" else proto.double_data
        values = np.frombuffer(proto.raw_data, wide[code]) if proto.raw_data else fields
        return float_bits(values, wide[code])
    if proto.raw_data:
        return proto.raw_data
    if code in (TensorProto.FLOAT6E2M3, TensorProto.FLOAT6E3M2):
        bits = [value >> at & 1 for value in proto.int32_data for at in range(6)]
        return np.packbits(np.array(bits, "u1"), bitorder="little").tobytes()
    if code == TensorProto.INT64:
        return np.array(proto.int64_data, "<i8").tobytes()
    if code in (TensorProto.UINT32, TensorProto.UINT64):
        return np.array(proto.uint64_data, "<u8").astype("<u4" if code == TensorProto.UINT32 else "<u8").tobytes()
    width = {TensorProto.INT32: 4, TensorProto.INT16: 2, TensorProto.UINT16: 2}
    width |= {TensorProto.FLOAT16: 2, TensorProto.BFLOAT16: 2}
    return np.array(proto.int32_data, "<i4").astype(f"<i{width.get(code, 1)}").tobytes()


def difference(a, b, at="model"):
    """The first place where the two differ, or None."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in [*a, *(k for k in b if k not in a)]:
            if key not in a or key not in b:
                return f"{at}.{key}: only on one side"
            found = difference(a[key], b[key], f"{at}.{key}")
            if found:
                return found
        return None
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return f"{at}: {len(a)} and {len(b)} entries"
        for index, (x, y) in enumerate(zip(a, b)):
            found = difference(x, y, f"{at}[{index}]")
            if found:
                return found
        return None
    # None on the left: the syntax cannot say it.
    return None if a is None or a == b else f"{at}: {a!r:.80} and {b!r:.80}"


def compare(file, text_file):
    """Outcome, details, and what the syntax lost."""
    reader = Reader()
    try:
        expected = reader.model(onnx.load(file, load_external_data=False))
    except Exception as error:
        return "protobuf cannot read it", f"{error!s:.100}", reader.lost
    try:
        parsed = parser.parse_model(text_file.read_text(encoding="utf-8"))
    except Exception as error:
        return "does not parse", str(error).replace("\\n", " ")[:300], reader.lost
    found = difference(expected, Reader().model(parsed))
    return ("differs", found, reader.lost) if found else ("same", "", reader.lost)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--max-bytes", type=int, default=200_000)
    arguments.add_argument("paths", nargs="+", type=pathlib.Path)
    options = arguments.parse_args()
    files = []
    for path in options.paths:
        files += [path] if path.is_file() else sorted(path.rglob("*.onnx"))
    files = [each for each in files if each.stat().st_size <= options.max_bytes]
    script = pathlib.Path(__file__).with_suffix(".js")
    outcomes, losses = collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        listing = "".join(f"{os.path.abspath(each)}\n" for each in files)
        subprocess.run(["node", script, folder], input=listing, text=True, check=True)
        pairs = [(each, pathlib.Path(folder, f"{at}.txt")) for at, each in enumerate(files)]
        pairs += [(each, each.with_suffix(".txt")) for each in sorted(pathlib.Path(folder).glob("made-*.onnx"))]
        for file, text_file in pairs:
            if not text_file.exists():
                outcome, details, lost = "mlkit cannot read it", text_file.with_suffix(".error").read_text(), {}
            else:
                outcome, details, lost = compare(file, text_file)
            if outcome == "does not parse" and any("no identifier" in each for each in lost):
                outcome = "does not parse, as the syntax has no way to say it"
            outcomes[outcome if outcome != "same" or not lost else "same, but for what the syntax cannot say"] += 1
            losses.update(set(lost))
            if outcome != "same":
                print(f"{outcome}: {file}\n  {details}")
    print(f"{sum(outcomes.values())} models")
    for outcome, count in outcomes.most_common():
        print(f"  {count:5} {outcome}")
    print("models with something that the syntax cannot say:")
    for reason, count in losses.most_common():
        print(f"  {count:5} {reason}")
    sys.exit(1 if outcomes["differs"] + outcomes["does not parse"] > 0 else 0)


main()
