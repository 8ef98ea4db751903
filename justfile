# Recipes; `just` lists them. CI runs `just test`, which is scripts/test.sh.

_default:
    @just --list

# everything CI runs: installs what is missing, format, lints, tests, documentation
test:
    scripts/test.sh

# the demo
demo:
    cargo run --release -- simulate

# closed forms and published figures, on the device that `auto` takes
validate:
    cargo run --release -- validate

# methods side by side
bench:
    cargo run --release -- bench

# criterion benchmarks of the stages
bench-stages:
    cargo bench

# where the time goes on a GPU: the table in BENCHMARKS.md
gpu-times seconds="5":
    cargo run --release --example gpu_times -- {{seconds}}

# mc-gpu beside NumPy, numba, creditriskengine and a plain loop on the same loans; `just peers --gpu` beside PyTorch
peers *flags:
    python3 benches/peers/run.py {{flags}}

# every point of the grid of λ and of thresholds (minutes)
grid:
    cargo test --release -- --ignored

# coverage of the 95 % intervals over seeds: the table in METHOD.md
coverage:
    cargo run --release --example coverage

# a million inputs each through the readers of tapes and models, on stable Rust
fuzz runs="1000000":
    cargo run --release --example fuzz -- {{runs}}

# coverage-guided fuzzing of `tape` or `model` with cargo-fuzz (its flags are unstable, hence RUSTC_BOOTSTRAP)
fuzz-guided target="tape" runs="1000000":
    RUSTC_BOOTSTRAP=1 cargo fuzz run {{target}} -- -runs={{runs}}

# where the time goes, by sampling: the table in BENCHMARKS.md; needs perf
profile-cases *flags:
    python3 benches/peers/profile_cases.py {{flags}}
