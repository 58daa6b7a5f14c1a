"""Mixes readers that began with the same weights: the mean of their weights reads better than any of them.

    python -m tests.bench.reader.mix OUT/reader.onnx ONE.onnx 0.3 OTHER.onnx 0.7

The readers are read back from the int8 files that were trained. Prints the digest for index/models/reader.py. Needs the
extra `train`.
"""

import argparse
import hashlib
from pathlib import Path

from tests.bench.reader import weights
from tests.bench.reader.network import Reader
from tests.bench.reader.train import LAYERS


def mix(readers: list[tuple[Path, float]], out: Path) -> str:
    """Write the mean of the readers, each by its share of 1, to `out`, and return its SHA-256."""
    states = [(weights.read_back(file), share) for file, share in readers]
    network = Reader(LAYERS)
    network.load_state_dict({name: sum(share * state[name] for state, share in states) for name in states[0][0]})
    weights.export(network, out)
    return hashlib.sha256(out.read_bytes()).hexdigest()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("readers", nargs="+", metavar="FILE SHARE")
    given = parser.parse_args()
    if len(given.readers) % 2:
        parser.error("give a share after each file")
    pairs = [(Path(file), float(share)) for file, share in zip(given.readers[::2], given.readers[1::2], strict=True)]
    print("SHA-256", mix(pairs, given.out))
