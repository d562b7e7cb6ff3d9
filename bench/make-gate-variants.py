"""Makes right and wrong variants of ONNX models for bench/calibrate-gates.js.

Reads jobs from stdin, one JSON object a line: {"model": path, "folder": path, "samples": npz or null};
writes for each a line {"variants": [{"kind", "right", "path"}], "failures": [text]}. Needs numpy, onnx,
ml_dtypes and onnxruntime; 4-bit weights need onnx_ir too. Everything random is seeded.
"""

import json
import logging
import os
import sys
import zlib

import ml_dtypes
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

logging.disable(logging.CRITICAL)

WEIGHTED = {"Conv": 1, "ConvTranspose": 1, "Gemm": 1, "MatMul": 1, "LSTM": 1, "GRU": 1, "RNN": 1}
BIASED = {"Conv": 2, "ConvTranspose": 2, "Gemm": 2}
NORMS = {"BatchNormalization", "InstanceNormalization", "LayerNormalization", "GroupNormalization"}


def constants(model):
    """Float32 constants of the main graph by name: where to put a changed one."""
    found = {}
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            found[tensor.name] = tensor
    for node in model.graph.node:
        if node.op_type == "Constant":
            for attribute in node.attribute:
                if attribute.name == "value" and attribute.t.data_type == TensorProto.FLOAT:
                    found[node.output[0]] = attribute.t
    return found


def replace(tensor, array):
    name = tensor.name
    tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(array), name))


def places(model, table):
    found = constants(model)
    result = []
    for at, node in enumerate(model.graph.node):
        slot = table.get(node.op_type)
        if slot is not None and len(node.input) > slot and node.input[slot] in found:
            array = numpy_helper.to_array(found[node.input[slot]])
            if np.any(array):
                result.append((at, node.input[slot]))
    return result


def some(found, random, count=2):
    if len(found) <= count:
        return found
    return [found[i] for i in sorted(random.choice(len(found), count, replace=False))]


def edits(model, random):
    """Names and functions that make a wrong model of a right one."""
    weights = places(model, WEIGHTED)
    biases = places(model, BIASED)

    def change(name, function):
        def apply(copy):
            tensor = constants(copy)[name]
            replace(tensor, function(numpy_helper.to_array(tensor)))

        return apply

    def swapped(array, axis):
        order = np.arange(array.shape[axis])
        order[[0, 1]] = order[[1, 0]]
        return np.take(array, order, axis)

    for at, name in some(weights, random):
        yield "sign flipped", change(name, lambda w: -w)
    for at, name in some(weights, random):
        yield "one weight x1.01", change(name, lambda w: (w * np.float32(1.01)).astype(w.dtype))
    for at, name in some(weights, random):
        node = model.graph.node[at]
        rank = numpy_helper.to_array(constants(model)[name]).ndim
        axis = rank - 1 if node.op_type == "MatMul" else 0
        shape = numpy_helper.to_array(constants(model)[name]).shape
        if shape[axis] >= 2:
            yield "two channels swapped", change(name, lambda w, axis=axis: swapped(w, axis))
    for at, name in some(biases, random):
        yield "one bias zeroed", change(name, np.zeros_like)
    if any(node.op_type in NORMS for node in model.graph.node):

        def epsilon(copy):
            for node in copy.graph.node:
                if node.op_type in NORMS:
                    old = [a.f for a in node.attribute if a.name == "epsilon"]
                    kept = [a for a in node.attribute if a.name != "epsilon"]
                    del node.attribute[:]
                    node.attribute.extend(kept)
                    node.attribute.append(
                        helper.make_attribute("epsilon", 100 * (old[0] if old else 1e-5))
                    )

        yield "epsilon x100", epsilon
    initial = {tensor.name for tensor in model.graph.initializer}
    inputs = [
        value.name
        for value in model.graph.input
        if value.name not in initial and value.type.tensor_type.elem_type == TensorProto.FLOAT
    ]
    if inputs:

        def normalised(copy):
            old, new = inputs[0], inputs[0] + "_other_scale"
            for node in copy.graph.node:
                for slot, name in enumerate(node.input):
                    if name == old:
                        node.input[slot] = new
            copy.graph.initializer.append(
                numpy_helper.from_array(np.array(2, np.float32), "other_scale_two")
            )
            copy.graph.initializer.append(
                numpy_helper.from_array(np.array(1, np.float32), "other_scale_one")
            )
            copy.graph.node.insert(
                0, helper.make_node("Sub", ["other_scale_twice", "other_scale_one"], [new])
            )
            copy.graph.node.insert(
                0, helper.make_node("Mul", [old, "other_scale_two"], ["other_scale_twice"])
            )

        yield "input scaled otherwise", normalised


class Samples:
    """What the static quantizer reads."""

    def __init__(self, path):
        data = np.load(path)
        self.feeds = {}
        for key in data.files:
            at, name = key.split("/", 1)
            self.feeds.setdefault(at, {})[name] = data[key]
        self.rest = iter(self.feeds.values())

    def get_next(self):
        return next(self.rest, None)

    def set_range(self, start, end):
        self.rest = iter(list(self.feeds.values())[start:end])


def float16(model, path, job):
    from onnxruntime.transformers.float16 import convert_float_to_float16

    onnx.save(convert_float_to_float16(model, keep_io_types=True), path)


def bfloat16(model, path, job):
    for tensor in constants(model).values():
        array = numpy_helper.to_array(tensor)
        replace(tensor, array.astype(ml_dtypes.bfloat16).astype(np.float32))
    onnx.save(model, path)


def static(model, path, job):
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.calibrate import CalibrationDataReader

    class Reader(Samples, CalibrationDataReader):
        pass

    # Axes of scales came with opset 13.
    opset = next((o.version for o in model.opset_import if o.domain in ("", "ai.onnx")), 1)
    quantize_static(
        job["model"],
        path,
        Reader(job["samples"]),
        quant_format=QuantFormat.QDQ,
        per_channel=opset >= 13,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
    )


def dynamic(model, path, job):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(job["model"], path, per_channel=True, weight_type=QuantType.QInt8)


def four_bits(model, path, job):
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    quantizer = MatMulNBitsQuantizer(model, block_size=32, is_symmetric=True)
    quantizer.process()
    quantizer.model.save_model_to_file(path)


CONVERSIONS = {
    "float16": (float16, None),
    "bfloat16 weights": (bfloat16, None),
    "int8 dynamic (onnxruntime)": (dynamic, {"MatMulInteger", "ConvInteger", "DynamicQuantizeLSTM"}),
    "int8 static (onnxruntime)": (static, {"QuantizeLinear"}),
    "int4 weights (onnxruntime)": (four_bits, {"MatMulNBits"}),
}


def variants(job):
    made, failures = [], []
    model = onnx.load(job["model"])
    if not places(model, WEIGHTED):
        return {"variants": [], "failures": []}
    random = np.random.default_rng(zlib.crc32(model.graph.name.encode()) + len(model.graph.node))

    def attempt(kind, right, write):
        path = os.path.join(job["folder"], f"{len(made)}.onnx")
        try:
            if write(path) is not False:
                made.append({"kind": kind, "right": right, "path": path})
        except Exception as error:  # a tool that cannot take the model
            failures.append(f"{kind}: {type(error).__name__} {str(error)[:120]}")

    for kind, (convert, operators) in CONVERSIONS.items():
        if convert is static and job["samples"] is None:
            continue

        def write(path):
            convert(onnx.load(job["model"]), path, job)
            if operators is None:
                return True
            return any(node.op_type in operators for node in onnx.load(path).graph.node)

        attempt(kind, True, write)
    for kind, edit in edits(model, random):

        def write(path):
            copy = onnx.load(job["model"])
            edit(copy)
            onnx.save(copy, path)

        attempt(kind, False, write)
    return {"variants": made, "failures": failures}


for line in sys.stdin:
    job = json.loads(line)
    stdout, sys.stdout = sys.stdout, sys.stderr
    try:
        answer = variants(job)
    except Exception as error:
        answer = {"variants": [], "failures": [f"{type(error).__name__} {str(error)[:200]}"]}
    sys.stdout = stdout
    print(json.dumps(answer), flush=True)
