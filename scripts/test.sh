#!/usr/bin/env bash
# Installs what is missing and runs the whole suite: format, lints, tests, documentation.
# A fresh Debian or Ubuntu machine with stable Rust is enough.
set -euo pipefail
cd "$(dirname "$0")/.."

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

say() { printf '\n== %s\n' "$1"; }

if ! command -v cc >/dev/null; then
  say "installing a C compiler (for the zstd library)"
  as_root apt-get update -q
  as_root apt-get install -qy --no-install-recommends build-essential
fi
# Software Vulkan, so that the GPU device is tested where there is no GPU. Without it tests say what they skip.
if [ -z "$(ls /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json 2>/dev/null)" ] && command -v apt-get >/dev/null; then
  say "installing software Vulkan"
  as_root apt-get update -q
  as_root apt-get install -qy --no-install-recommends mesa-vulkan-drivers libvulkan1
fi
if ! command -v cargo >/dev/null; then
  echo "Rust is missing: install stable Rust from https://rustup.rs, then run this again" >&2
  exit 1
fi
for component in rustfmt clippy; do
  cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 || rustup component add "$component"
done

say "format"
cargo fmt --all --check
say "lints"
cargo clippy --locked --all-targets -- -D warnings
say "tests"
# Here an adapter is required: a test that finds none fails instead of skipping.
export MC_GPU_REQUIRE_ADAPTER=1
# One seed here, so that a commit passes or fails for everybody; a plain `cargo test` draws a new one each time.
export PROPTEST_RNG_SEED="${PROPTEST_RNG_SEED-3}"
cargo test --locked
say "the GPU device with other widths of its software processor"
for width in 128 512; do
  LP_NATIVE_VECTOR_WIDTH=$width cargo test --locked --test conformance -- gpu_ validation::every_check_passes_as_users
done
say "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --quiet
say "the first command of the README"
cargo run --locked --release --quiet -- simulate --quiet
