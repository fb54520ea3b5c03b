//! Puts the pictures of the demo world into the program: one list per folder, so that adding a picture is adding a file.

use std::{env, error::Error, fmt::Write, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    // Asked for now, not when this was compiled: checkouts share what has been built.
    let demo = env::current_dir()?.join("demo");
    let mut code = String::new();
    for (constant, folder) in [("PORTRAITS", "portraits"), ("IMAGES", "images")] {
        let folder = demo.join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut files: Vec<_> = fs::read_dir(&folder)?.collect::<Result<_, _>>()?;
        files.sort_by_key(fs::DirEntry::file_name);
        writeln!(code, "const {constant}: &[(&str, &[u8])] = &[")?;
        for file in files {
            writeln!(code, "    ({:?}, include_bytes!({:?})),", file.file_name().to_string_lossy(), file.path())?;
        }
        writeln!(code, "];")?;
    }
    let out = env::var_os("OUT_DIR").ok_or("cargo says where to write")?;
    fs::write(Path::new(&out).join("demo_pictures.rs"), code)?;
    Ok(())
}
