//! A typed value kept as JSON text in a column: small lists that are read and written with their row.

/// `T` as JSON text, on both databases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

#[cfg(feature = "orm")]
mod orm {
    use super::Json;
    use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, Value, ValueType, ValueTypeErr};
    use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable};
    use serde::{Serialize, de::DeserializeOwned};

    impl<T: Serialize> From<Json<T>> for Value {
        fn from(json: Json<T>) -> Self {
            // Serialising plain data cannot fail; an empty text would be refused when read.
            Value::String(Some(serde_json::to_string(&json.0).unwrap_or_default()))
        }
    }

    impl<T: Serialize + DeserializeOwned> ValueType for Json<T> {
        fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
            match value {
                Value::String(Some(text)) => serde_json::from_str(&text).map(Json).map_err(|_| ValueTypeErr),
                _ => Err(ValueTypeErr),
            }
        }
        fn type_name() -> String {
            "Json".to_owned()
        }
        fn array_type() -> ArrayType {
            ArrayType::String
        }
        fn column_type() -> ColumnType {
            ColumnType::Text
        }
    }

    impl<T: Serialize + DeserializeOwned> TryGetable for Json<T> {
        fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
            let text = <String as TryGetable>::try_get_by(row, index)?;
            serde_json::from_str(&text).map(Json).map_err(|error| TryGetError::DbErr(DbErr::Json(error.to_string())))
        }
    }

    impl<T: Serialize + DeserializeOwned> Nullable for Json<T> {
        fn null() -> Value {
            Value::String(None)
        }
    }

    impl<T> sea_orm::sea_query::postgres_array::NotU8 for Json<T> {}
}
