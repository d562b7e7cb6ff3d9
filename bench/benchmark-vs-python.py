# Times session.run in a plain loop, for bench/benchmark-vs-python.js.
#   python benchmark-vs-python.py MODEL THREADS WARMUP-MS DURATION-MS NAME=FILE.npy...
# Prints the milliseconds of every timed run, one a line.
import sys
import time

import numpy
import onnxruntime

model, threads, warmup_ms, duration_ms, *inputs = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(threads)
options.inter_op_num_threads = 1
options.log_severity_level = 3
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
feeds = {name: numpy.load(file) for name, _, file in (each.rpartition("=") for each in inputs)}


def loop(duration_ms):
    samples = []
    now = time.perf_counter_ns
    end = now() + duration_ms * 1_000_000
    while True:
        start = now()
        session.run(None, feeds)
        stop = now()
        samples.append(stop - start)
        if stop >= end:
            return samples


loop(int(warmup_ms))
for sample in loop(int(duration_ms)):
    print(sample / 1e6)
