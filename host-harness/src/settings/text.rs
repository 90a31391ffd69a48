//! The text of a settings file, as editors save it.

use zeroize::Zeroizing;

use super::FileProblem;

/// The text in UTF-8, with or without a mark in front, or in UTF-16 with one: what Notepad calls "Unicode" is that.
pub fn text_of(bytes: &[u8]) -> Result<Zeroizing<String>, FileProblem> {
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => std::str::from_utf8(rest).ok().map(str::to_owned),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        bytes => std::str::from_utf8(bytes).ok().map(str::to_owned),
    };
    text.map(Zeroizing::new).ok_or(FileProblem::NotText)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units: Zeroizing<Vec<u16>> = Zeroizing::new(pairs.iter().map(|pair| unit(*pair)).collect());
    if rest.is_empty() { String::from_utf16(&units).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_settings_file_is_read_however_an_editor_saved_it() {
        let text = "office = \"12345\" # Kantoor Zuijlén 𝄞\n";
        let marked = |mark: char| -> Vec<u16> { format!("{mark}{text}").encode_utf16().collect() };
        let saved: [Vec<u8>; 4] = [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            marked('\u{feff}').iter().flat_map(|unit| unit.to_le_bytes()).collect(),
            marked('\u{feff}').iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        ];
        for bytes in saved {
            assert_eq!(text_of(&bytes).as_deref().map(String::as_str), Ok(text));
        }
        for wrong in [&[0xFF, 0xFE, b'a'][..], &[0xFE, 0xFF, 0xD8, 0x00], b"caf\xe9", &[0xEF, 0xBB, 0xBF, 0xFF]] {
            assert_eq!(text_of(wrong), Err(FileProblem::NotText), "{wrong:?}");
        }
        assert!(!FileProblem::NotText.to_string().contains('\n'));
    }
}
