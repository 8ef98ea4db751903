//! Which devices are here, and which one a user means.

use super::cpu::Cpu;
use super::device::{Device, DeviceInfo};
use super::scalar::Scalar;
use crate::error::{Error, Result};

/// Every device of this machine, in the order of their indices.
///
/// # Errors
/// When the system refuses threads.
pub fn list_devices() -> Result<Vec<DeviceInfo>> {
    Ok(vec![Scalar.info(), Cpu::on_all_cores()?.info()])
}

/// The device that `wanted` names: `auto`, `scalar`, `cpu`, `gpu`, an index, or a part of a name (any case).
///
/// `threads` is for devices of the host; None takes every core. `auto` is `cpu`: no other device here is faster.
///
/// # Errors
/// [`Error::NoDevice`] when nothing matches, with what is here; [`Error::Setting`] for unusable threads.
pub fn select_device(wanted: &str, threads: Option<usize>) -> Result<Box<dyn Device>> {
    let cpu = || -> Result<Box<dyn Device>> { Ok(Box::new(threads.map_or_else(Cpu::on_all_cores, Cpu::new)?)) };
    match wanted.trim().to_lowercase().as_str() {
        "auto" | "cpu" | "1" => cpu(),
        "scalar" | "0" => Ok(Box::new(Scalar)),
        part => match named(part, wanted)? {
            0 => Ok(Box::new(Scalar)),
            _ => cpu(),
        },
    }
}

/// Index of the one device whose name holds `part` (lower case); `wanted` is what was typed.
fn named(part: &str, wanted: &str) -> Result<usize> {
    let here = list_devices()?;
    let names = describe(&here);
    let fits = |info: &DeviceInfo| !part.is_empty() && info.name.to_lowercase().contains(part);
    let fitting: Vec<usize> = (0..here.len()).filter(|&index| fits(&here[index])).collect();
    match fitting[..] {
        [] => Err(Error::NoDevice { wanted: format!("'{wanted}'"), here: names }),
        [index] => Ok(index),
        _ => {
            let several: Vec<&str> = fitting.iter().map(|&index| names[index].as_str()).collect();
            let found = format!("'{wanted}', which fits {}", several.join(" and "));
            Err(Error::setting("--device", found, "more of the name, or the index"))
        }
    }
}

fn describe(here: &[DeviceInfo]) -> Vec<String> {
    let kinds = ["scalar", "cpu"];
    here.iter().zip(kinds).enumerate().map(|(index, (info, kind))| format!("{index} {kind} ({})", info.name)).collect()
}
