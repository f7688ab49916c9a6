//! The press as a program of its own: what `yakuba letter-press` does.

fn main() -> std::io::Result<()> {
    letters::press::serve(std::io::stdin(), std::io::stdout())
}
