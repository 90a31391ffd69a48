//! `$filter` as tokens.

use super::super::refusal::Refusal;

/// One token. A word is everything that is neither quoted nor a bracket, a comma or a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    /// Between quotes; a doubled quote is one.
    Text(String),
    Open,
    Close,
    Comma,
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Refusal> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        tokens.push(match next {
            ' ' => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '\'' => {
                let mut text = String::new();
                loop {
                    match rest.next().ok_or_else(Refusal::malformed)? {
                        '\'' if rest.next_if_eq(&'\'').is_some() => text.push('\''),
                        '\'' => break,
                        other => text.push(other),
                    }
                }
                Token::Text(text)
            }
            first => {
                let mut word = String::from(first);
                while let Some(more) = rest.next_if(|next| !matches!(next, ' ' | '(' | ')' | ',' | '\'')) {
                    word.push(more);
                }
                Token::Word(word)
            }
        });
    }
    Ok(tokens)
}
