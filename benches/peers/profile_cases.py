"""Where mc-gpu's time goes, portfolio by portfolio: a sampling profile as a table for BENCHMARKS.md.

    python3 benches/peers/profile_cases.py [--write]

Needs `perf` (Debian: linux-perf). Every portfolio is simulated from its Parquet tape with one thread, reading to printing,
while perf takes 1,999 samples a second; a sample counts for the stage that its function belongs to.
"""

import argparse
import re
import subprocess
from collections import Counter
from pathlib import Path

import run

SAMPLES_PER_SECOND = 1999

# Stages with the functions that belong to them; what matches none is "other".
STAGES = {
    "hits": r"::hits\b",
    "names": r"simd::\w+::names\b",
    "counts and thresholds": r"::(counts|thresholds|draws|counts_by)\b|^floor$",
    "index": r"::mix\b|quantile|libm::math",
    "tiles and sums": r"cpu::tile|ledger|array::.*map|broadcast|__memset|risk::|quicksort|sort::",
    "reading and pooling": r"portfolio|parquet|arrow|snap::|sha2|memcmp|memmove|utf8|FnMut|zstd|rle|thrift",
    "system": r"\[k\]",
}


def cases():
    """The portfolios of the peers' table and two of many small parts, with the scenarios that take some seconds."""
    import numpy as np
    from portfolios import all_portfolios, graded

    scenarios = [200_000, 100_000, 50_000, 50_000, 200_000]
    yield from ((portfolio, [], n) for portfolio, n in zip(all_portfolios(1.0), scenarios))
    yield graded("10,000 names, a PD each", 10_000, 1, np.geomspace(0.001, 0.1, 10_000)), [], 1_000_000
    ten = graded("1,000 segments of 10, ten factors, t", 10_000, 1000, np.geomspace(0.001, 0.1, 1000))
    yield ten, ten_factors(1000), 500_000


def ten_factors(segments):
    """Lines of a model: a Student t copula, and segments that load on two of ten correlated factors."""
    rows = [[1.0 if i == j else 0.3 for j in range(10)] for i in range(10)]
    names = [f"f{i}" for i in range(10)]
    lines = ["[copula]", 'kind = "student_t"', "degrees_of_freedom = 10", "[factors]"]
    lines += [f"names = {names}".replace("'", '"'), f"correlation = {rows}"]
    for i in range(segments):
        lines += [f"[segments.s{i:02}]", "asset_correlation = 0.15", "lgd = 0.45"]
        lines += [f"loadings = {{ f{i % 10} = 0.7, f{(i + 3) % 10} = 0.3 }}"]
    return lines


def profile(portfolio, lines, scenarios):
    """Shares of the stages in one run, and the function with the largest share."""
    folder = run.WORK / "portfolio"
    tape, model, _ = portfolio.write(folder)
    if lines:
        model.write_text("\n".join(["[simulation]", "band_width = 0.001", *lines]) + "\n")
    samples = folder / "perf.data"
    binary = run.ROOT / "target" / "release" / "mc-gpu"
    play = [binary, "simulate", tape, "--model", model, "-n", str(scenarios), "--device", "cpu", "--threads", "1", "--quiet"]
    record = ["perf", "record", "-q", "-F", str(SAMPLES_PER_SECOND), "-o", samples]
    subprocess.run([*record, *play], check=True, stdout=subprocess.DEVNULL)
    report = ["perf", "report", "-i", samples, "--stdio", "-g", "none", "--sort", "symbol"]
    text = subprocess.run(report, check=True, capture_output=True, text=True).stdout
    shares = Counter()
    for share, symbol in re.findall(r"^\s*([\d.]+)%\s+(\[.\] .*?)\s*(?:-\s+-)?\s*$", text, re.MULTILINE):
        name = symbol if symbol.startswith("[k]") else symbol[4:]
        stage = next((stage for stage, pattern in STAGES.items() if re.search(pattern, name)), "other")
        shares[stage] += float(share)
    return shares


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="puts the table into BENCHMARKS.md")
    options = parser.parse_args()
    run.enter_environment("requirements.txt")
    subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "mc-gpu"], cwd=run.ROOT, check=True)
    stages = [*STAGES, "other"]
    lines = [f"| portfolio | scenarios | {' | '.join(stages)} |", "|---" * (len(stages) + 2) + "|"]
    for portfolio, model, scenarios in cases():
        shares = profile(portfolio, model, scenarios)
        told = " | ".join(f"{shares[stage]:.1f} %" for stage in stages)
        lines.append(f"| {portfolio.name} | {scenarios} | {told} |")
        print(lines[-1], flush=True)
    if options.write:
        run.put("where", f"{run.machine()}.\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
