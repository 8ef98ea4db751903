"""Times mc-gpu beside its peers on the same loans, in turn, and prints a table for BENCHMARKS.md.

    python3 benches/peers/run.py [--gpu] [--scale 1] [--turns 5] [--seconds 2] [--write]

The first run makes a virtual environment under target/peers and installs what is missing there. With --gpu the peers are
PyTorch on the same card (without a card: on the processor, which says nothing but that they run). Every method plays as
many scenarios as take it about --seconds; reading and set-up are not timed for anybody, tables that depend on the
scenario are for everybody. A figure is the median over the turns. A method whose mean loss is not the expected loss is
reported as wrong, not as fast.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import venv
from importlib.metadata import distributions
from pathlib import Path
from time import perf_counter

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "target" / "peers"
DOCUMENT = ROOT / "BENCHMARKS.md"


def enter_environment(requirements):
    """Runs this script again inside its own virtual environment, made if need be."""
    home = WORK / "venv"
    python = home / "bin" / "python"
    if Path(sys.prefix) == home:
        return
    if not python.exists():
        venv.create(home, with_pip=True)
    print("looking whether the peers are in", home, file=sys.stderr)
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", HERE / requirements], check=True)
    # One thread for linear algebra: what is called one thread here is one.
    threads = {name: "1" for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")}
    os.execve(python, [str(python), *sys.argv], {**os.environ, **threads})


class Peer:
    """A method of methods.py."""

    def __init__(self, method, portfolio):
        self.name, self.method = method.name, method(portfolio)

    def play(self, scenarios, seed):
        begun = perf_counter()
        losses = self.method.play(scenarios, seed)
        return perf_counter() - begun, losses.mean()


class PlainLoop:
    """plain_loop.rs."""

    name = "Rust, plain loop"

    def __init__(self, raw, rho):
        self.command = [ROOT / "target/release/examples/plain_loop", raw, str(rho)]

    def play(self, scenarios, seed):
        told = json.loads(subprocess.run([*self.command, str(scenarios), str(seed)], check=True, capture_output=True).stdout)
        return told["seconds"], told["mean"]


class McGpu:
    """mc-gpu; what it calls `play` includes the tables of the host."""

    def __init__(self, tape, model, device, threads):
        self.name = f"**mc-gpu, {device}, {threads} thread{'s' * (threads > 1)}**"
        self.command = [ROOT / "target/release/mc-gpu", "simulate", tape, "--model", model, "--device", device]
        self.command += ["--threads", str(threads), "--format", "json", "--quiet"]

    def play(self, scenarios, seed):
        command = [*self.command, "--scenarios", str(scenarios), "--seed", str(seed)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return told["run"]["seconds"]["play"], told["measures"]["expected_loss"]["value"]


def scenarios_for(method, loans, seconds):
    """As many as take about `seconds`, found by trial."""
    scenarios = 2
    while True:
        taken, _ = method.play(scenarios, 0)
        if taken > seconds / 8 or scenarios >= 4_000_000:
            return max(2, min(4_000_000, int(scenarios * seconds / taken)))
        scenarios = min(4_000_000, int(scenarios * max(2, min(50, seconds / 4 / max(taken, 1e-4)))))


def contestants(portfolio, device):
    """Everybody who plays `portfolio` on that kind of device; the dense and the expert's method come first."""
    from portfolios import RHO

    tape, model, raw = portfolio.write(WORK / "portfolio")
    cores = os.cpu_count()
    if device == "gpu":
        from methods_on_gpu import METHODS

        return [Peer(method, portfolio) for method in METHODS] + [McGpu(tape, model, "gpu", cores)]
    from methods import METHODS

    peers = [Peer(method, portfolio) for method in METHODS] + [PlainLoop(raw, RHO)]
    return peers + [McGpu(tape, model, "cpu", threads) for threads in sorted({1, cores})]


def measure(portfolio, device, turns, seconds):
    """Median loan-scenarios per second of each method, and whether its mean loss is right."""
    methods = contestants(portfolio, device)
    scenarios = [scenarios_for(method, portfolio.loans, seconds) for method in methods]
    rates, means = [[] for _ in methods], [[] for _ in methods]
    for turn in range(turns):
        for place, method in enumerate(methods):
            taken, mean = method.play(scenarios[place], 1 + turn)
            rates[place].append(scenarios[place] * portfolio.loans / taken)
            means[place].append(mean / portfolio.expected_loss)
            print(f"  turn {turn + 1}: {method.name}: {rates[place][-1]:.2e}", file=sys.stderr)
    for method, n, mean in zip(methods, scenarios, means):
        # The economy alone moves the mean by about its own size per root scenario: four of those are allowed.
        bound = 4 * 1.5 / (n * turns) ** 0.5 + 0.03
        if abs(statistics.mean(mean) - 1) > bound:
            method.name += f" (WRONG: mean loss {statistics.mean(mean):.3f} of the expected loss)"
    return [(method.name, statistics.median(rate)) for method, rate in zip(methods, rates)]


def table(rows):
    """One row per portfolio and method, with ratios to the dense and to the expert's method."""
    text = "| portfolio | method | loan-scenarios/s | × dense | × expert's |\n|---|---|---|---|---|\n"
    for name, rates in rows:
        dense, expert = rates[0][1], rates[1][1]
        for method, rate in rates:
            text += f"| {name} | {method} | {rate:.2e} | {rate / dense:.3g} | {rate / expert:.3g} |\n"
            name = ""
    return text


def machine():
    cpu = platform.processor()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    known = {package.metadata["Name"]: package.version for package in distributions()}
    peers = ("numpy", "numba", "creditriskengine", "torch")
    versions = ", ".join(f"{name} {known[name]}" for name in peers if name in known)
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()}; Python {platform.python_version()}, {versions}"


def put(name, text):
    """Puts `text` between the marks of that name in the document."""
    begin, end = f"<!-- {name}: begin -->\n", f"<!-- {name}: end -->\n"
    head, rest = DOCUMENT.read_text().split(begin)
    DOCUMENT.write_text(head + begin + text + end + rest.split(end)[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="shrinks the portfolios, for a quick look")
    parser.add_argument("--turns", type=int, default=5, help="figures are medians over so many turns")
    parser.add_argument("--seconds", type=float, default=2.0, help="about how long one method plays in one turn")
    parser.add_argument("--gpu", action="store_true", help="mc-gpu's GPU device beside PyTorch")
    parser.add_argument("--write", action="store_true", help="puts the table into BENCHMARKS.md")
    options = parser.parse_args()
    device = "gpu" if options.gpu else "cpu"
    enter_environment("requirements_gpu.txt" if options.gpu else "requirements.txt")
    from portfolios import all_portfolios

    build = ["cargo", "build", "--release", "--locked", "--bin", "mc-gpu", "--example", "plain_loop"]
    subprocess.run(build, cwd=ROOT, check=True)
    rows = []
    for portfolio in all_portfolios(options.scale):
        print(portfolio.name, file=sys.stderr)
        rows.append((portfolio.name, measure(portfolio, device, options.turns, options.seconds)))
    text = f"{machine()}. Medians of {options.turns} turns of about {options.seconds:g} s per method.\n\n{table(rows)}"
    print(text)
    if options.write:
        put(f"peers on {device}", text)


if __name__ == "__main__":
    main()
