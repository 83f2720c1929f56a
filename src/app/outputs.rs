//! The outputs of a scan, opened before any traffic.
//!
//! Takes settings, gives the reports that the scan's events go to. Invariant: no file is written by two outputs, and a
//! file to be resumed keeps every whole line that it has. Must never import `cli`.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::diagnostic::{Blame, Diagnostic, Diagnostics};
use crate::report::{Format, Output, Progress, ReportOptions, Reports};

use super::settings::Layer;

/// The format of standard output where none is set.
const DEFAULT_FORMAT: &str = "text";
/// The format that a run can be resumed from.
const RESUMED_FORMAT: &str = "jsonl";

/// What standard output is like.
#[derive(Debug, Clone, Copy, Default)]
pub struct Screen {
    /// Cells of a line.
    pub width: usize,
    /// Whether text may be coloured.
    pub color: bool,
    /// Whether complaints on standard error may be coloured.
    pub color_errors: bool,
    /// Whether a progress line may be drawn on standard error.
    pub progress: bool,
}

/// The outputs, and the way to standard error that does not disturb the progress line.
pub struct Opened {
    /// All reports, as one sink.
    pub reports: Reports,
    /// Where to complain while they are written.
    pub errors: Box<dyn Write + Send>,
}

/// Opens every output that the settings name; `resume` is appended to.
///
/// # Errors
/// Every file that cannot be written or is named twice.
pub fn open_outputs(
    settings: &Layer,
    options: ReportOptions,
    screen: Screen,
    resume: Option<&Path>,
) -> Result<Opened, Diagnostics> {
    let mut wrong = Diagnostics::new();
    let mut files: Vec<(&Path, &'static Format, File)> = Vec::new();
    let mut taken: HashSet<PathBuf> = HashSet::new();
    let resumed = resume.and_then(|path| Some((path, Format::parse(RESUMED_FORMAT)?)));
    if let Some((path, format)) = resumed {
        taken.insert(real(path));
        match open_resumed(path) {
            Ok(file) => files.push((path, format, file)),
            Err(error) => wrong.push(unwritable(path, &error)),
        }
    }
    for output in settings.output.iter().flat_map(|set| &set.value) {
        let path = &output.path;
        if !taken.insert(real(path)) {
            let title = format!("`{}` is written by two outputs", path.display());
            let help = "name each file once; --resume appends to its file by itself";
            wrong.push(Diagnostic::error("C0402", Blame::Configuration, title).help(help));
            continue;
        }
        match OpenOptions::new().write(true).create(true).truncate(false).open(path) {
            Ok(file) => files.push((path, output.format, file)),
            Err(error) => wrong.push(unwritable(path, &error)),
        }
    }
    // Earlier contents are given up only once it is sure that the scan begins.
    if wrong.has_errors() {
        return Err(wrong);
    }
    for (path, _, file) in files.iter().skip(usize::from(resumed.is_some())) {
        if file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            file.set_len(0).map_err(|error| Diagnostics { items: vec![unwritable(path, &error)] })?;
        }
    }
    let mut outputs: Vec<Output> = Vec::new();
    for (path, format, file) in files {
        outputs.push(Output::file(path.display().to_string(), (format.open)(Box::new(BufWriter::new(file)), options)));
    }
    let progress = screen.progress.then(Progress::on_terminal);
    let beside = |out: Box<dyn Write + Send>| match &progress {
        Some(progress) => progress.around(out),
        None => out,
    };
    let (stdout, errors) = (beside(Box::new(io::stdout())), beside(Box::new(io::stderr())));
    let chosen = settings.format.as_ref().map(|set| set.value).or_else(|| Format::parse(DEFAULT_FORMAT));
    let on_screen = ReportOptions { width: screen.width, colour: screen.color, ..options };
    outputs.extend(chosen.map(|format| Output::standard((format.open)(stdout, on_screen))));
    Ok(Opened { reports: Reports::new(outputs, options, progress), errors })
}

/// The file with its torn last line, if any, cut off, ready to be appended to.
fn open_resumed(path: &Path) -> io::Result<File> {
    let mut file = OpenOptions::new().read(true).write(true).open(path)?;
    let whole = end_of_last_line(&mut file)?;
    file.set_len(whole)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

/// The offset after the last line break; 0 where there is none.
fn end_of_last_line(file: &mut File) -> io::Result<u64> {
    const STEP: u64 = 64 << 10;
    let mut end = file.seek(SeekFrom::End(0))?;
    let mut window = vec![0; STEP as usize];
    while end > 0 {
        let start = end.saturating_sub(STEP);
        let part = window.get_mut(..(end - start) as usize).unwrap_or_default();
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(part)?;
        if let Some(at) = memchr::memrchr(b'\n', part) {
            return Ok(start + at as u64 + 1);
        }
        end = start;
    }
    Ok(0)
}

/// The path as the system knows it, so that two spellings of one file are the same. A file that does not exist yet is
/// known by its folder.
fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (folder.canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Diagnostic {
    let title = format!("cannot write `{}`: {error}", path.display());
    Diagnostic::error("C0403", Blame::Configuration, title)
}
