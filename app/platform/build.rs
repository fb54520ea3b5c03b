//! Migrations are part of the program: when one changes, it has to be built anew.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
}
