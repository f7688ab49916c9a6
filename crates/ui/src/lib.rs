//! # 見た目 The design system
//!
//! The page shell, the components, the rendering of shapes, the wording in three languages.
