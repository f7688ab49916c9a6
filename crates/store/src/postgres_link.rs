//! One connection to PostgreSQL: statements, values and errors.

use std::{collections::HashMap, error::Error};

use postgres::{
    Client, Config, NoTls, Statement,
    error::SqlState,
    types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked},
};

use crate::{Cell, Param, Row, StoreError, error::Rule, tx::Failure};

/// Statements kept ready on a connection.
const STATEMENTS_MAX: usize = 512;

/// A connection with its ready statements, set to one face's schema.
pub(crate) struct PostgresLink {
    pub(crate) client: Client,
    ready: HashMap<String, Statement>,
}

impl PostgresLink {
    /// Connects and looks into `schema` only.
    pub(crate) fn connect(url: &str, schema: &str) -> Result<PostgresLink, StoreError> {
        let mut config: Config = url.parse().map_err(|error: postgres::Error| StoreError::Unreachable(read_error(&error)))?;
        config.application_name("yakuba").connect_timeout(std::time::Duration::from_secs(5));
        let client = config.connect(NoTls).map_err(|error| StoreError::Unreachable(read_error(&error)))?;
        let mut link = PostgresLink { client, ready: HashMap::new() };
        // A closure takes 20 ms; what takes half a minute is a fault and must not hold others up.
        link.batch(&format!(
            "set search_path to \"{schema}\"; set statement_timeout = '30s'; set lock_timeout = '10s'; \
             set idle_in_transaction_session_timeout = '60s'; set client_min_messages = warning"
        ))?;
        Ok(link)
    }

    /// Statements without values.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        self.control(sql).map_err(|(_, error)| error)
    }

    /// Statements without values, and what a failure means for the transaction.
    pub(crate) fn control(&mut self, sql: &str) -> Result<(), (Failure, StoreError)> {
        self.client.batch_execute(sql).map_err(|error| explain(&error, sql))
    }

    pub(crate) fn query(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, (Failure, StoreError)> {
        let run = |link: &mut PostgresLink| {
            let statement = link.ready(sql)?;
            link.client.query(&statement, &bound(params))
        };
        let rows = run(self).map_err(|error| self.failed(&error, sql))?;
        rows.iter().map(row).collect::<Result<Vec<Row>, StoreError>>().map_err(|error| (Failure::Statement, error))
    }

    pub(crate) fn execute(&mut self, sql: &str, params: &[Param]) -> Result<u64, (Failure, StoreError)> {
        let run = |link: &mut PostgresLink| {
            let statement = link.ready(sql)?;
            link.client.execute(&statement, &bound(params))
        };
        run(self).map_err(|error| self.failed(&error, sql))
    }

    /// Hands each row of a query to `take`, fifty at a time: a row may be as large as an attachment.
    pub(crate) fn each(&mut self, sql: &str, cursor: usize, take: &mut dyn FnMut(Row) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.batch(&format!("declare rows_{cursor} no scroll cursor for {sql}"))?;
        loop {
            let rows = self.query(&format!("fetch 50 from rows_{cursor}"), &[]).map_err(|(_, error)| error)?;
            if rows.is_empty() {
                return self.batch(&format!("close rows_{cursor}"));
            }
            rows.into_iter().try_for_each(&mut *take)?;
        }
    }

    fn ready(&mut self, sql: &str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.ready.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        if self.ready.len() >= STATEMENTS_MAX {
            self.ready.clear();
        }
        self.ready.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    fn failed(&mut self, error: &postgres::Error, sql: &str) -> (Failure, StoreError) {
        // A newer node added a column: what was prepared before is stale, and fresh after a re-run.
        if error.code() == Some(&SqlState::FEATURE_NOT_SUPPORTED) && !self.ready.is_empty() {
            self.ready.clear();
            return (Failure::Conflict, StoreError::Conflict { tries: 1 });
        }
        explain(error, sql)
    }
}

fn bound(params: &[Param]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|param| param as &(dyn ToSql + Sync)).collect()
}

fn row(row: &postgres::Row) -> Result<Row, StoreError> {
    let cells = (0..row.len())
        .map(|at| row.try_get::<_, Cell>(at).map_err(|_| StoreError::Column { index: at, wanted: "a type of the store", found: "another" }))
        .collect::<Result<Vec<Cell>, StoreError>>()?;
    Ok(Row { cells })
}

impl ToSql for Param {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self, ty) {
            (Param::Null, _) => Ok(IsNull::Yes),
            (Param::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(ty, out),
            (Param::Int(value), &Type::INT2) => i16::try_from(*value)?.to_sql(ty, out),
            (Param::Int(value), &Type::BOOL) => (*value != 0).to_sql(ty, out),
            (Param::Int(value), &Type::INT8) => value.to_sql(ty, out),
            (Param::Text(value), &Type::TEXT | &Type::VARCHAR | &Type::BPCHAR | &Type::NAME | &Type::UNKNOWN) => value.to_sql(ty, out),
            (Param::Bytes(value), &Type::BYTEA) => value.to_sql(ty, out),
            _ => Err(format!("a value of another type is bound where {ty} is expected").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Cell, Box<dyn Error + Sync + Send>> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(Cell::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|value| Cell::Int(value.into())),
            Type::INT2 => i16::from_sql(ty, raw).map(|value| Cell::Int(value.into())),
            Type::BOOL => bool::from_sql(ty, raw).map(|value| Cell::Int(value.into())),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN => String::from_sql(ty, raw).map(Cell::Text),
            Type::BYTEA => Vec::<u8>::from_sql(ty, raw).map(Cell::Bytes),
            Type::NUMERIC => whole_number(raw).map(Cell::Int).ok_or_else(|| "a sum that is not a whole number of 64 bits".into()),
            _ => Err(format!("the store reads no {ty}").into()),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Cell, Box<dyn Error + Sync + Send>> {
        Ok(Cell::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// `sum(bigint)` is a numeric on PostgreSQL: digits to the base 10,000, most significant first.
fn whole_number(raw: &[u8]) -> Option<i64> {
    let word = |at: usize| Some(i16::from_be_bytes([*raw.get(at)?, *raw.get(at + 1)?]));
    let (digits, weight, sign) = (usize::try_from(word(0)?).ok()?, word(2)?, word(4)?);
    if sign != 0 && sign != 0x4000 {
        return None;
    }
    let mut value: i64 = 0;
    for at in 0..=usize::try_from(weight).unwrap_or(0) {
        let digit = if weight >= 0 && at < digits { word(8 + 2 * at)? } else { 0 };
        // Downwards, so that the smallest number fits too.
        value = value.checked_mul(10_000)?.checked_sub(digit.into())?;
    }
    let has_fraction = digits > usize::try_from(weight + 1).unwrap_or(0);
    if has_fraction {
        return None;
    }
    if sign == 0 { value.checked_neg() } else { Some(value) }
}

/// PostgreSQL's message without its details: those quote the row.
fn read_error(error: &postgres::Error) -> String {
    match error.as_db_error() {
        Some(said) => format!("{} ({})", said.message(), said.code().code()),
        None => error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}")),
    }
}

fn explain(error: &postgres::Error, sql: &str) -> (Failure, StoreError) {
    let Some(code) = error.code() else {
        if error.is_closed() || error.source().is_some_and(|cause| cause.is::<std::io::Error>()) {
            return (Failure::Lost, StoreError::Unreachable(read_error(error)));
        }
        return (Failure::Statement, StoreError::Statement { sql: sql.to_owned(), why: read_error(error) });
    };
    let refused = |rule| (Failure::Statement, StoreError::Refused(rule));
    match *code {
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => (Failure::Conflict, StoreError::Conflict { tries: 1 }),
        SqlState::UNIQUE_VIOLATION => refused(Rule::Unique),
        SqlState::FOREIGN_KEY_VIOLATION => refused(Rule::ForeignKey),
        SqlState::NOT_NULL_VIOLATION => refused(Rule::NotNull),
        SqlState::CHECK_VIOLATION => refused(Rule::Check),
        SqlState::DISK_FULL => (Failure::Statement, StoreError::DiskFull),
        SqlState::READ_ONLY_SQL_TRANSACTION => (Failure::Statement, StoreError::ReadOnly),
        SqlState::LOCK_NOT_AVAILABLE | SqlState::TOO_MANY_CONNECTIONS => (Failure::Statement, StoreError::Busy),
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => {
            (Failure::Lost, StoreError::Unreachable(read_error(error)))
        }
        _ => (Failure::Statement, StoreError::Statement { sql: sql.to_owned(), why: read_error(error) }),
    }
}

#[cfg(test)]
mod tests {
    use super::whole_number;

    fn numeric(weight: i16, sign: u16, digits: &[u16]) -> Vec<u8> {
        let mut raw = Vec::new();
        raw.extend((digits.len() as u16).to_be_bytes());
        raw.extend(weight.to_be_bytes());
        raw.extend(sign.to_be_bytes());
        raw.extend(0_u16.to_be_bytes());
        digits.iter().for_each(|digit| raw.extend(digit.to_be_bytes()));
        raw
    }

    #[test]
    fn a_sum_of_yen_reads_as_a_whole_number_and_nothing_else_does() {
        assert_eq!(whole_number(&numeric(0, 0, &[])), Some(0));
        assert_eq!(whole_number(&numeric(1, 0, &[12, 3456])), Some(123_456));
        assert_eq!(whole_number(&numeric(1, 0x4000, &[5])), Some(-50_000));
        assert_eq!(whole_number(&numeric(4, 0x4000, &[922, 3372, 368, 5477, 5808])), Some(i64::MIN));
        assert_eq!(whole_number(&numeric(4, 0, &[922, 3372, 368, 5477, 5808])), None);
        assert_eq!(whole_number(&numeric(0, 0, &[1, 5000])), None, "1.5 is not a whole number");
        assert_eq!(whole_number(&numeric(0, 0xC000, &[])), None, "not a number");
    }
}
