//! Any text as a report file: no panic, faults inside the file.
#![no_main]

libfuzzer_sys::fuzz_target!(|file: &str| {
    match entente_core::draft::parse(file, entente_marking::builtin::schemes()) {
        Ok(draft) => {
            for portion in &draft.portions {
                assert!(portion.marks.iter().all(|mark| mark.start <= file.len()));
            }
        }
        Err(faults) => {
            for fault in faults {
                assert!(fault.start <= fault.end && fault.end <= file.len().max(fault.start));
            }
        }
    }
});
