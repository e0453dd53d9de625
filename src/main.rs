//! Start-up and shutdown of the service.

fn main() {}
