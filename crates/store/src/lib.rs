//! # 保管庫 The store
//!
//! Two stores per town, one for each face, with a journal, jobs, files, keys and the hatch between them.
