//! What acts and things are called in Russian.

/// What was done, as a noun; an act without a name is shown by its code.
pub(crate) fn verb_label(verb: &str) -> &str {
    match verb {
        "create" => "Создание",
        "update" => "Изменение",
        "transfer" => "Передача",
        "relocate" => "Перевод",
        "delete" => "Удаление",
        "delete_refused" => "Чужую заметку не удалить",
        "restore" => "Восстановление",
        "merge" => "Слияние",
        "order" => "Порядок",
        "pin" => "Закрепление",
        "unpin" => "Открепление",
        "warm" => "Перевод в тёплые",
        "cool" => "Перевод в холодные",
        "import" => "Импорт",
        "export" => "Выгрузка",
        "backup" => "Резервная копия",
        "sign_in" => "Вход",
        "sign_in_failed" => "Неудачный вход",
        "sign_out" => "Выход",
        "end_session" => "Завершение сеанса",
        "end_sessions" => "Завершение сеансов",
        "change_password" => "Смена пароля",
        "reset_password" => "Сброс пароля",
        "activate" => "Включение",
        "deactivate" => "Отключение",
        "unlock" => "Разблокировка",
        "request_deletion" => "Запрос на удаление",
        "refuse_deletion" => "Отказ в удалении",
        "erase" => "Стирание",
        "undo" => "Отмена",
        "sign_in_locked" => "Блокировка входа",
        "second_factor_rules" => "Правила второго фактора",
        "second_factor_on" => "Второй фактор включён",
        "second_factor_off" => "Второй фактор выключен",
        "second_factor_reset" => "Второй фактор сброшен",
        "second_factor_failed" => "Неверный код",
        "recovery_codes" => "Новые резервные коды",
        other => other,
    }
}

/// What it was done to.
pub(crate) fn entity_label(entity: &str) -> &str {
    match entity {
        "company" => "Компания",
        "contact" => "Контакт",
        "note" => "Заметка",
        "user" => "Пользователь",
        "branch" => "Филиал",
        "session" => "Сеанс",
        "second_factor" => "Второй фактор",
        "import" => "Импорт",
        "bulk_act" => "Массовое действие",
        "system" => "Система",
        "audit" => "Журнал действий",
        "company_status" => "Статус",
        "company_sphere" => "Сфера",
        "contract_type" => "Вид договора",
        "task_type" => "Тип задачи",
        "region" => "Регион",
        other => other,
    }
}
