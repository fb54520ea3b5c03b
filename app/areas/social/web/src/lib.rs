//! Pages and server functions of the social area
