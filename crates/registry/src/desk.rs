//! Staff's pages of this room: finding residents, a resident's page, registers and their records.

mod correct;
mod protection;
mod registers;
mod residents;

use access::DeskFace;
use axum::{
    Router,
    routing::{get, post},
};

/// `/desk/residents`, `/desk/registers`.
pub fn router() -> Router<DeskFace> {
    Router::new()
        .route("/desk/residents", get(residents::ask).post(residents::search))
        .route("/desk/residents/{resident}", get(residents::show))
        .route("/desk/residents/{resident}/address", post(residents::unmask))
        .route("/desk/residents/{resident}/protection", get(protection::ask).post(protection::change))
        .route("/desk/registers", get(registers::list))
        .route("/desk/registers/{register}", get(registers::records))
        .route("/desk/records/{record}", get(registers::record))
        .route("/desk/records/{record}/correct", get(correct::ask).post(correct::correct))
}
