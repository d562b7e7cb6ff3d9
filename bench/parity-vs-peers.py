"""The numbers of numpy and onnxruntime for the pairs that bench/parity-vs-peers.js wrote.

python parity-vs-peers.py FOLDER: for every N.reference.npy with its N.candidate.npy, a line of JSON.
Non-finite pairs are judged by numpy.isclose and left out of the rest, as mlkit does.
"""

import json
import sys
from pathlib import Path

import numpy as np
from onnxruntime.quantization.qdq_loss_debug import (
    compute_signal_to_quantization_noice_ratio as signal_to_noise,
)


def loaded(path):
    # Every value of these types is one of float64, so nothing is rounded.
    return np.load(path).astype(np.float64)


def measure(folder, case):
    reference = loaded(folder / f"{case['at']}.reference.npy").ravel()
    candidate = loaded(folder / f"{case['at']}.candidate.npy").ravel()
    rtol, atol = case["rtol"], case["atol"]
    with np.errstate(all="ignore"):
        close = np.isclose(candidate, reference, rtol=rtol, atol=atol, equal_nan=True)
        finite = np.isfinite(reference) & np.isfinite(candidate)
        r, a = reference[finite], candidate[finite]
        answer = {
            "mismatched": int(np.count_nonzero(~close)),
            "allclose": bool(
                np.allclose(candidate, reference, rtol=rtol, atol=atol, equal_nan=True)
            ),
            "pairs": int(r.size),
        }
        if r.size == 0:
            return answer
        error = np.abs(a - r)
        answer["maxAbs"] = float(error.max())
        answer["meanAbs"] = float(error.mean())
        answer["rmse"] = float(np.sqrt(np.mean(np.square(error))))
        # The scale is that of the finite part of the reference.
        scale = np.abs(reference[np.isfinite(reference)]).max()
        large = np.abs(r) >= max(atol / rtol, 1e-3 * scale, np.finfo(np.float64).smallest_subnormal)
        if large.any():
            answer["maxRel"] = float((error[large] / np.abs(r[large])).max())
        norms = np.linalg.norm(r) * np.linalg.norm(a)
        if norms > 0:
            answer["cosine"] = float(np.dot(r, a) / norms)
        # Both norms are held above the least difference from 1, so only beyond it they tell.
        least = np.finfo(np.float64).eps
        if np.linalg.norm(r) > least and np.linalg.norm(r - a) > least:
            answer["sqnrDb"] = float(signal_to_noise(r, a))
        for name, p in (("p50", 0.5), ("p90", 0.9), ("p99", 0.99)):
            answer[name] = float(np.quantile(error, p, method="inverted_cdf"))
    return answer


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for case in json.loads((folder / "cases.json").read_text()):
        print(json.dumps(measure(folder, case)))
