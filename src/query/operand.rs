//! What may stand on either side of a distance: words, phrases, proximities, OR of them, and, where a language allows it, AND.

use super::expression::span_leaves;
use super::{MAX_LEAVES, Pattern, Query, Span, Spans, SyntaxError};

/// A query as an operand of proximity, where a word stands for itself and not for its stem.
pub(super) fn spans(query: Query, operator: Span) -> Result<Spans, SyntaxError> {
    match query {
        Query::Word { fields, word, span } => {
            Ok(Spans::Phrase { fields, words: word.split('-').map(Pattern::whole).collect(), span })
        }
        Query::Phrase { fields, words, span } => Ok(Spans::Phrase { fields, words, span }),
        Query::Spans { spans, times: 1, .. } => Ok(spans),
        Query::Or(parts) => parts.into_iter().map(|p| spans(p, operator)).collect::<Result<_, _>>().map(Spans::Any),
        _ => Err(SyntaxError {
            message: "only words, phrases and OR of them can be near each other".into(),
            span: operator,
            suggestion: Some("take the other parts out and join them with AND".into()),
        }),
    }
}

/// Two queries near each other. Where an operand has AND in it, the distance is distributed over its parts: `(a AND b)` near
/// `c` is `a` near `c` and `b` near `c`. Whether that was done comes with the answer.
pub(super) fn near(left: Query, right: Query, how: &Distance) -> Result<(Query, bool), SyntaxError> {
    if let (Ok(left), Ok(right)) = (spans(left.clone(), how.span), spans(right.clone(), how.span)) {
        return Ok((how.join(left, right), false));
    }
    let mut combinations = 0;
    Ok((how.distribute(left, right, &mut combinations)?, true))
}

/// How two operands must stand to each other.
pub(super) struct Distance {
    pub(super) distance: u32,
    pub(super) ordered: bool,
    /// Where the whole was written.
    pub(super) span: Span,
}

impl Distance {
    fn join(&self, left: Spans, right: Spans) -> Query {
        let Distance { distance, ordered, span } = *self;
        Query::from(Spans::Near { left: Box::new(left), right: Box::new(right), distance, ordered, span })
    }

    fn count(&self, combinations: &mut usize, more: usize) -> Result<(), SyntaxError> {
        *combinations += more;
        if *combinations > MAX_LEAVES {
            return Err(SyntaxError {
                message: format!("AND within a distance makes more than {MAX_LEAVES} combinations of this"),
                span: self.span,
                suggestion: Some("join the parts with AND outside the distance".into()),
            });
        }
        Ok(())
    }

    fn distribute(&self, left: Query, right: Query, combinations: &mut usize) -> Result<Query, SyntaxError> {
        self.count(combinations, 1)?;
        let mut parts_of_left = |parts: Vec<Query>| -> Result<Vec<Query>, SyntaxError> {
            parts.into_iter().map(|part| self.distribute(part, right.clone(), combinations)).collect()
        };
        let left = match (spans(left.clone(), self.span), left) {
            (Ok(left), _) => left,
            (Err(_), Query::And(parts)) => return parts_of_left(parts).map(Query::And),
            (Err(_), Query::Or(parts)) => return parts_of_left(parts).map(Query::Or),
            (Err(e), _) => return Err(e),
        };
        let mut parts_of_right = |parts: Vec<Query>| -> Result<Vec<Query>, SyntaxError> {
            parts.into_iter().map(|part| self.distribute(left.clone().into(), part, combinations)).collect()
        };
        match (spans(right.clone(), self.span), right) {
            (Ok(right), _) => {
                self.count(combinations, span_leaves(&left) + span_leaves(&right))?;
                Ok(self.join(left, right))
            }
            (Err(_), Query::And(parts)) => parts_of_right(parts).map(Query::And),
            (Err(_), Query::Or(parts)) => parts_of_right(parts).map(Query::Or),
            (Err(e), _) => Err(e),
        }
    }
}
