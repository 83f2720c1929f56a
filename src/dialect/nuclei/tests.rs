//! Templates, good and bad.
