//! `mc-gpu devices`: what is here, what each can do, which one `auto` takes and why.

use super::args::{DevicesArgs, Format};
use crate::engine::{DeviceKind, list_devices, select_device};
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
}

const SCHEMA: &str = "mc-gpu/devices/1";
const WHY: &str = "auto takes cpu: it gives the same integers as scalar on every core; this build has no GPU device";

/// Prints the list.
pub fn run(args: &DevicesArgs) -> anyhow::Result<ExitCode> {
    let chosen = select_device("auto", None)?.info();
    let devices: Vec<Listed> = list_devices()?
        .into_iter()
        .enumerate()
        .map(|(index, info)| Listed {
            index,
            auto: info == chosen,
            plays: match info.kind {
                DeviceKind::Scalar => "granular and named kernels, one scenario at a time: the reference",
                DeviceKind::Cpu => "granular and named kernels, tiles of scenarios over all threads",
                DeviceKind::Gpu => "granular and named kernels in WGSL; the host's threads compute counts",
            },
            kind: info.kind,
            name: info.name,
            threads: info.threads,
        })
        .collect();
    match args.format {
        Format::Json => super::print_json(&serde_json::json!({ "schema": SCHEMA, "devices": devices, "auto": WHY }))?,
        Format::Table => {
            let mut text = String::new();
            for device in &devices {
                let kind = format!("{:?}", device.kind).to_lowercase();
                let mark = if device.auto { "*" } else { " " };
                let threads = counted(device.threads as u64, "thread");
                text += &format!(
                    "{mark} {}  {kind:<7} {} · {threads}\n             {}\n",
                    device.index, device.name, device.plays
                );
            }
            super::print(&(text + &format!("* {WHY}\n")))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
