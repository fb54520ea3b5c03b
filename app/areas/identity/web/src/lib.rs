//! Pages and server functions of the identity area
