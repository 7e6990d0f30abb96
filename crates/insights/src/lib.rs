//! Figures: what each counts and how it is kept.
