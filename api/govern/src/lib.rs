//! causeway-govern
