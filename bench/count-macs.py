"""Counts multiply-accumulates of matrix products and convolutions, for comparison with mlkit.

    node bench/dump-macs.js [--sizes 16] MODELS... > macs.jsonl
    python bench/count-macs.py macs.jsonl

The count goes by the shapes that ONNX's own inference finds, and by the weights' shapes: for each
output element of a convolution the products of its window, of a product the inner size. Needs onnx.
"""

import json
import math
import sys

import onnx
from onnx import numpy_helper, shape_inference


def shapes_of(model):
    graph = model.graph
    shapes = {}
    for value in [*graph.input, *graph.output, *graph.value_info]:
        kind = value.type.tensor_type
        if value.type.HasField("tensor_type") and kind.HasField("shape"):
            shapes[value.name] = [
                d.dim_value if d.HasField("dim_value") else None for d in kind.shape.dim
            ]
    for tensor in graph.initializer:
        shapes[tensor.name] = list(tensor.dims)
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute and node.attribute[0].name == "value":
            shapes[node.output[0]] = list(numpy_helper.to_array(node.attribute[0].t).shape)
    return shapes


def fix_sizes(model, size):
    """Numbers for the sizes that inputs leave open; what is declared of other values goes."""
    constants = {tensor.name for tensor in model.graph.initializer}
    for value in model.graph.input:
        if value.name not in constants and value.type.HasField("tensor_type"):
            for dim in value.type.tensor_type.shape.dim:
                if not dim.HasField("dim_value") or dim.dim_value < 0:
                    dim.dim_value = size
    del model.graph.value_info[:]
    for value in model.graph.output:
        if value.type.HasField("tensor_type"):
            value.type.tensor_type.ClearField("shape")


def attribute(node, name, default):
    for each in node.attribute:
        if each.name == name:
            return onnx.helper.get_attribute_value(each)
    return default


def count(node, shapes):
    """None where a size is not known."""
    ins = [shapes.get(name) for name in node.input]
    out = shapes.get(node.output[0])
    if node.op_type == "Conv":
        parts = [out, ins[1]]
        if None in parts or None in [*out, *ins[1]]:
            return None
        return math.prod(out) * math.prod(ins[1][1:])
    if node.op_type == "ConvTranspose":
        if None in [ins[0], ins[1]] or None in [*ins[0], *ins[1]]:
            return None
        # A kernel of C_in x C_out/group x k: each input element meets C_out/group x k of it.
        return math.prod(ins[0]) * math.prod(ins[1][1:])
    if node.op_type == "Gemm":
        if None in [out, ins[0]] or None in [*out, *ins[0]]:
            return None
        return math.prod(out) * ins[0][0 if attribute(node, "transA", 0) else 1]
    if None in [out, ins[0]] or None in [*out, ins[0][-1]]:
        return None
    return math.prod(out) * ins[0][-1]


def main():
    totals = {"same": 0, "differ": 0, "only onnx": 0, "only mlkit": 0, "neither": 0, "symbolic": 0}
    for line in open(sys.argv[1]):
        found = json.loads(line)
        path = found["path"]
        if "error" in found:
            print(f"{path}: mlkit: {found['error'][:100]}")
            continue
        try:
            model = onnx.load(path, load_external_data=False)
            if found["size"] is not None:
                fix_sizes(model, found["size"])
            model = shape_inference.infer_shapes(model, data_prop=True)
        except Exception as error:
            print(f"{path}: onnx: {str(error)[:100]}")
            continue
        shapes = shapes_of(model)
        counted = ("Conv", "ConvTranspose", "Gemm", "MatMul")
        nodes = [n for n in model.graph.node if n.domain in ("", "ai.onnx") and n.op_type in counted]
        by_output = {each["output"]: each["macs"] for each in found["macs"]}
        for node in nodes:
            ours, theirs = by_output.get(node.output[0]), count(node, shapes)
            if theirs is None:
                key = "neither" if ours is None else "only mlkit"
            elif ours is None:
                key = "only onnx"
            elif not ours.isdigit():
                key = "symbolic"
            else:
                key = "same" if int(ours) == theirs else "differ"
            totals[key] += 1
            if key in ("differ", "only onnx", "symbolic"):
                print(f"{path} {node.op_type} {node.output[0]}: onnx {theirs}, mlkit {ours}")
    print(totals)


main()
