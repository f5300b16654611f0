//! causeway-master
