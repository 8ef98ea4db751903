//! Which devices are here, and which one a user means.

use super::auto::{self, Auto, AutoOptions};
use super::cpu::Cpu;
use super::device::{Device, DeviceInfo, DeviceKind};
use super::gpu::{Adapter, AdapterInfo, AdapterKind, Gpu, GpuOptions, find_adapters, preferred};
use super::scalar::Scalar;
use crate::error::{Error, Result};

/// Index of the first adapter: scalar and cpu come before.
const FIRST_ADAPTER: usize = 2;

/// A device of this machine; its place in the list is its index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDevice {
    /// What it is.
    pub info: DeviceInfo,
    /// What the driver tells about it, if it is a GPU.
    pub adapter: Option<AdapterInfo>,
    /// Whether `auto` may take it: the CPU, and the one GPU that it would try.
    pub auto: bool,
}

/// Every device of this machine, in the order of their indices; starts the graphics drivers.
///
/// # Errors
/// When the system refuses threads.
pub fn list_devices() -> Result<Vec<ListedDevice>> {
    list(&find_adapters())
}

/// The device that `wanted` names: `auto`, `scalar`, `cpu`, `gpu`, an index, or a part of a name (any case).
///
/// `threads` is for the host; None takes every core. `gpu` takes software only where there is nothing better, with a
/// warning; `auto` never does. Graphics drivers are started only for `gpu`, names and indices from 2 on.
///
/// # Errors
/// [`Error::NoDevice`] when nothing matches, with what is here; [`Error::Setting`] for unusable threads;
/// [`Error::Gpu`] when the driver refuses.
pub fn select_device(wanted: &str, threads: Option<usize>) -> Result<Box<dyn Device>> {
    let wanted = wanted.trim();
    match wanted.to_lowercase().as_str() {
        "auto" => Ok(Box::new(Auto::new(AutoOptions { threads, ..AutoOptions::default() })?)),
        "scalar" | "0" => Ok(Box::new(Scalar)),
        "cpu" | "1" => Ok(Box::new(cpu(threads)?)),
        part => {
            let adapters = find_adapters();
            let here = list(&adapters)?;
            let place = if part == "gpu" {
                preferred(&adapters, AdapterKind::Software).map(|place| place + FIRST_ADAPTER)
            } else if let Some(index) = part.parse().ok().filter(|&index: &usize| index < here.len()) {
                Some(index)
            } else {
                named(part, &here)?
            };
            match place {
                Some(0) => Ok(Box::new(Scalar)),
                Some(1) => Ok(Box::new(cpu(threads)?)),
                Some(place) => open(adapters, place - FIRST_ADAPTER, threads),
                None => Err(Error::NoDevice { wanted: format!("'{wanted}'"), here: describe(&here) }),
            }
        }
    }
}

/// Index of the one device whose name holds `part` (lower case), if any.
fn named(part: &str, here: &[ListedDevice]) -> Result<Option<usize>> {
    let fits = |device: &ListedDevice| !part.is_empty() && device.info.name.to_lowercase().contains(part);
    let fitting: Vec<usize> = (0..here.len()).filter(|&index| fits(&here[index])).collect();
    match fitting[..] {
        [] => Ok(None),
        [index] => Ok(Some(index)),
        _ => {
            let names = describe(here);
            let several: Vec<&str> = fitting.iter().map(|&index| names[index].as_str()).collect();
            let found = format!("'{part}', which fits {}", several.join(" and "));
            Err(Error::setting("--device", found, "more of the name, or the index"))
        }
    }
}

fn cpu(threads: Option<usize>) -> Result<Cpu> {
    threads.map_or_else(Cpu::on_all_cores, Cpu::new)
}

fn open(mut adapters: Vec<Adapter>, place: usize, threads: Option<usize>) -> Result<Box<dyn Device>> {
    let adapter = adapters.swap_remove(place);
    if let Some(lacks) = adapter.info.lacks {
        return Err(Error::Gpu { name: adapter.info.name, found: format!("it lacks {lacks}") });
    }
    if adapter.info.kind == AdapterKind::Software {
        tracing::warn!("{} is software on the processor: for tests; --device cpu is faster", adapter.info.name);
    }
    Ok(Box::new(Gpu::open(adapter, GpuOptions { threads, ..GpuOptions::default() })?))
}

fn list(adapters: &[Adapter]) -> Result<Vec<ListedDevice>> {
    let cpu = Cpu::on_all_cores()?.info();
    let threads = cpu.threads;
    let host = [(Scalar.info(), false), (cpu, true)].map(|(info, auto)| ListedDevice { info, adapter: None, auto });
    let tried = preferred(adapters, auto::WORST);
    let gpus = adapters.iter().enumerate().map(|(place, adapter)| ListedDevice {
        info: DeviceInfo { kind: DeviceKind::Gpu, name: adapter.info.title(), threads },
        adapter: Some(adapter.info.clone()),
        auto: tried == Some(place),
    });
    Ok(host.into_iter().chain(gpus).collect())
}

fn describe(here: &[ListedDevice]) -> Vec<String> {
    here.iter()
        .enumerate()
        .map(|(index, ListedDevice { info, .. })| {
            let kind = match info.kind {
                DeviceKind::Scalar => "scalar",
                DeviceKind::Cpu => "cpu",
                DeviceKind::Gpu => "gpu",
            };
            format!("{index} {kind} ({})", info.name)
        })
        .collect()
}
