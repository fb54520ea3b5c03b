//! What Linux says of a process.

use std::fs;

use crate::Failed;

/// Clock ticks per second in `/proc`: 100 on every Linux that this runs on.
const TICKS: f64 = 100.0;

/// The memory of a process that is in RAM, in bytes.
pub fn resident_bytes(pid: u32) -> Result<u64, Failed> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    let kilobytes: u64 = line.trim().trim_end_matches("kB").trim_end().parse()?;
    Ok(kilobytes * 1024)
}

/// The processor time that a process has used, in seconds.
pub fn processor_seconds(pid: u32) -> Result<f64, Failed> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may contain anything; what follows is separated by spaces.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in stat")?;
    let mut times = fields.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    match (times.next(), times.next()) {
        (Some(user), Some(system)) => Ok((user? + system?) / TICKS),
        _ => Err("no times in stat".into()),
    }
}
