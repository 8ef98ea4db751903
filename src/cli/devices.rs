//! `mc-gpu devices`: what is here, what each can do, which one `auto` takes and why.

use super::args::{DevicesArgs, Format};
use crate::engine::{AdapterInfo, AdapterKind, DeviceKind, LEAST_WORK, ListedDevice, list_devices};
use crate::report::counted;
use std::process::ExitCode;

#[derive(serde::Serialize)]
struct Listed {
    index: usize,
    kind: DeviceKind,
    name: String,
    threads: usize,
    plays: &'static str,
    auto: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    adapter: Option<AdapterInfo>,
}

const SCHEMA: &str = "mc-gpu/devices/1";
const ONLY_CPU: &str = "auto takes cpu: it gives the same integers as scalar on every core; no hardware GPU is here";

/// Prints the list.
pub fn run(args: &DevicesArgs) -> anyhow::Result<ExitCode> {
    let devices: Vec<Listed> = list_devices()?.into_iter().enumerate().map(listed).collect();
    let has_gpu = devices.iter().any(|device| device.auto && device.kind == DeviceKind::Gpu);
    let either = || {
        let small = format!("auto takes cpu for runs below about {LEAST_WORK:.0e} hits");
        format!("{small}; for larger ones it times the first scenarios on both and takes the faster")
    };
    let why = if has_gpu { either() } else { ONLY_CPU.to_owned() };
    match args.format {
        Format::Json => super::print_json(&serde_json::json!({ "schema": SCHEMA, "devices": devices, "auto": why }))?,
        Format::Table => super::print(&(devices.iter().map(show).collect::<String>() + &format!("* {why}\n")))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn listed((index, device): (usize, ListedDevice)) -> Listed {
    let ListedDevice { info, adapter, auto } = device;
    let lacks = adapter.as_ref().is_some_and(|adapter| adapter.lacks.is_some());
    let software = adapter.as_ref().is_some_and(|adapter| adapter.kind == AdapterKind::Software);
    Listed {
        index,
        auto,
        plays: match info.kind {
            DeviceKind::Scalar => "granular and named kernels, one scenario at a time: the reference",
            DeviceKind::Cpu => "granular and named kernels, tiles of scenarios over all threads",
            DeviceKind::Gpu if lacks => "nothing here",
            DeviceKind::Gpu if software => "both kernels in WGSL, as software on the processor: for tests; never auto",
            DeviceKind::Gpu => "granular and named kernels in WGSL; the host's threads compute counts",
        },
        kind: info.kind,
        name: info.name,
        threads: info.threads,
        adapter,
    }
}

fn show(device: &Listed) -> String {
    let kind = format!("{:?}", device.kind).to_lowercase();
    let mark = if device.auto { "*" } else { " " };
    let threads = counted(device.threads as u64, "thread");
    let mut text =
        format!("{mark} {}  {kind:<7} {} · {threads}\n             {}\n", device.index, device.name, device.plays);
    if let Some(adapter) = &device.adapter {
        let has = |yes: bool, what: &str| format!("{} {what}", if yes { "with" } else { "without" });
        text += &format!(
            "             {:?} · driver {} · bindings of {} MiB, buffers of {} MiB, {} workgroups · {}, {}, {}\n",
            adapter.kind,
            adapter.driver,
            adapter.most_binding_bytes >> 20,
            adapter.most_buffer_bytes >> 20,
            adapter.most_workgroups,
            has(adapter.int64, "64-bit integers"),
            has(adapter.subgroups, "subgroups"),
            has(adapter.timestamps, "timestamps"),
        );
        if let Some(lacks) = &adapter.lacks {
            text += &format!("             cannot run the kernels: {lacks}\n");
        }
    }
    text
}
