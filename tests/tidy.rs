//! The house rules that a machine can check: module order (L6), file length, first lines, documented data.

use std::path::{Path, PathBuf};

/// Modules in the order in which data flow; a module may use only those before it, and itself.
const ORDER: [&str; 14] = [
    "error",
    "fence",
    "units",
    "math",
    "rng",
    "portfolio",
    "model",
    "calibration",
    "engine",
    "risk",
    "validate",
    "report",
    "config",
    "cli",
];

/// Most lines of a source file.
const MOST_LINES: usize = 400;

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files() -> Vec<PathBuf> {
    ["src", "tests", "examples", "benches", "fuzz/fuzz_targets"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), "rs"))
        .collect()
}

/// The top-level modules that a line of `module` may not use, if it does.
fn breach(module: &str, line: &str) -> Option<&'static str> {
    let place = ORDER.iter().position(|name| *name == module)?;
    let code = line.split("//").next().unwrap_or_default();
    ORDER.into_iter().skip(place + 1).find(|later| {
        let path = format!("crate::{later}");
        code.match_indices(&path).any(|(at, _)| {
            let next = code[at + path.len()..].chars().next();
            !next.is_some_and(|sign| sign.is_alphanumeric() || sign == '_')
        })
    })
}

#[test]
fn modules_use_only_those_before_them() {
    let source = root().join("src");
    let mut seen = std::collections::BTreeSet::new();
    for path in files(&source, "rs") {
        let relative = path.strip_prefix(&source).unwrap();
        let module = relative.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        if ["lib", "main"].contains(&module) {
            continue;
        }
        assert!(ORDER.contains(&module), "src/{module} has no place in the order: see ARCHITECTURE.md");
        seen.insert(module.to_owned());
        for (number, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            assert!(
                !line.contains("use crate::{"),
                "{}:{}: one `use` per module, so that the order shows",
                path.display(),
                number + 1
            );
            if let Some(later) = breach(module, line) {
                panic!("{}:{}: {module} uses {later}, which comes after it", path.display(), number + 1);
            }
        }
    }
    assert_eq!(seen.len(), ORDER.len(), "a module of the order is missing");
}

#[test]
fn the_order_is_really_checked() {
    assert_eq!(breach("model", "use crate::engine::Plan;"), Some("engine"));
    assert_eq!(breach("engine", "use crate::model::Model;"), None);
    assert_eq!(breach("error", "    crate::units::Level"), Some("units"));
    assert_eq!(breach("model", "use crate::engineering::Plan; // crate::engine"), None);
}

#[test]
fn files_are_short_and_say_what_they_are() {
    for path in rust_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{} has {lines} lines, more than {MOST_LINES}: split it", path.display());
        assert!(
            text.starts_with("//! ") || text.starts_with("#![no_main]\n//! "),
            "{} does not begin by saying what it is",
            path.display()
        );
    }
}

#[test]
fn no_file_is_called_utils() {
    for path in files(&root().join("src"), "rs") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            !["utils", "util", "helpers", "manager", "common"].contains(&name),
            "{}: name what it holds",
            path.display()
        );
    }
}

#[test]
fn data_files_are_documented() {
    let readme = std::fs::read_to_string(root().join("data/README.md")).unwrap();
    for entry in std::fs::read_dir(root().join("data")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "README.md" || readme.contains(&format!("`{name}`")), "data/{name} is not in data/README.md");
    }
}

#[test]
fn formulas_that_code_names_are_in_the_method() {
    let method = std::fs::read_to_string(root().join("METHOD.md")).unwrap();
    for path in files(&root().join("src"), "rs") {
        for (number, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            for word in line.split(|sign: char| !sign.is_ascii_alphanumeric()) {
                let digits = word.strip_prefix('M').filter(|digits| !digits.is_empty());
                if digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit())) && line.contains("//")
                {
                    let heading = format!("**{word}.");
                    assert!(method.contains(&heading), "{}:{}: {word} is not in METHOD.md", path.display(), number + 1);
                }
            }
        }
    }
}

/// Names of the functions that `text` defines, in order.
fn functions(text: &str) -> Vec<String> {
    let names = text.lines().filter_map(|line| {
        let rest = line.trim_start().trim_start_matches("pub ").strip_prefix("fn ")?;
        Some(rest.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').next()?.to_owned())
    });
    names.collect()
}

#[test]
fn every_shader_has_a_twin_with_its_functions_in_order() {
    let shaders = files(&root().join("shaders"), "wgsl");
    assert!(shaders.len() >= 11);
    for path in shaders {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let shader = std::fs::read_to_string(&path).unwrap();
        let twin = std::fs::read_to_string(root().join(format!("src/engine/gpu/twin/{name}.rs"))).unwrap();
        assert!(shader.starts_with("// "), "{} does not begin by saying what it is", path.display());
        assert_eq!(functions(&shader), functions(&twin), "shaders/{name}.wgsl and its twin differ");
    }
}

/// Unchecked shaders, functions compiled for more features than their callers, and an environment variable set before
/// anything else runs.
const UNSAFE_FILES: [&str; 4] =
    ["src/engine/gpu/unchecked.rs", "src/engine/simd/mod.rs", "src/engine/simd/avx512.rs", "src/main.rs"];

#[test]
fn unsafe_code_stands_in_few_files() {
    for path in rust_files() {
        let text = std::fs::read_to_string(&path).unwrap();
        let allowed = UNSAFE_FILES.iter().any(|file| path.ends_with(file));
        let found = text.lines().any(|line| {
            let code = line.split("//").next().unwrap_or_default();
            code.contains("unsafe {") || code.contains("unsafe fn") || code.contains("allow(unsafe_code)")
        });
        // This test names what it looks for.
        assert!(found == allowed || path.ends_with("tests/tidy.rs"), "{}: unsafe code", path.display());
    }
}
