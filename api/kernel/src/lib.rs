//! causeway-kernel
