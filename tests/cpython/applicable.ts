// The tests of CPython 3.13.0 that mean something for a runtime without threads, sockets and garbage collection hooks of its
// own: file, class, names without their `test_`, in the order of the originals. A star stands behind those whose subject has
// another form here, so that an adaptation was to be expected.

/** File, class, names. */
export type NamesByFile = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The tests that have to be here. */
export const APPLICABLE: NamesByFile = {
  "test_base_events.py": {
    BaseEventLoopTests: `
      close _add_callback_handle _add_callback_cancelled_handle call_soon call_soon_non_callable call_later
      call_later_negative_delays time_and_call_at _run_once set_debug _run_once_schedule_handle
      _run_once_cancelled_event_cleanup run_until_complete_type_error run_until_complete_loop
      run_until_complete_loop_orphan_future_close_loop default_exc_handler_callback default_exc_handler_coro*
      set_exc_handler_invalid set_exc_handler_custom set_exc_handler_broken default_exc_handler_broken
      set_task_factory_invalid set_task_factory create_task create_task_error_closes_coro
      create_named_task_with_default_factory create_named_task_with_custom_factory run_forever_keyboard_interrupt*
      run_until_complete_baseexception* single_selecter_event_callback_after_stopping run_once run_forever_pre_stopped
      custom_run_forever_integration
    `,
    BaseEventLoopWithSelectorTests: "call_coroutine log_slow_callbacks",
    RunningLoopTests: "running_loop_within_a_loop",
  },
  "test_eager_task_factory.py": {
    EagerTaskFactoryLoopTests: `
      eager_task_factory_set await_future_during_eager_step eager_completion block_after_eager_step
      cancellation_after_eager_completion cancellation_after_eager_step_blocks current_task
      all_tasks_with_eager_completion all_tasks_with_blocking context_vars*
    `,
    CEagerTaskFactoryLoopTests: "issue122332",
    BaseTaskCountingTests: "awaitables_chain recursive_taskgroups recursive_gather",
  },
  "test_events.py": {
    EventLoopTestsMixin: `
      run_until_complete_nesting run_until_complete run_until_complete_stopped call_later call_soon
      call_soon_threadsafe_same_thread timeout_rounding* close_running_event_loop close
    `,
    HandleTests: "handle callback_with_exception handle_repr* handle_repr_debug* handle_source_traceback*",
    TimerTests: "hash when timer timer_repr timer_repr_debug timer_comparison",
    GetEventLoopTestsMixin: "get_event_loop_returns_running_loop get_event_loop_returns_running_loop2",
  },
  "test_futures.py": {
    DuckTests: "wrap_future ensure_future",
    BaseFutureTests: `
      isfuture* initial_state constructor_without_loop constructor_use_running_loop constructor_use_global_loop
      constructor_positional future_cancel_message_getter future_cancel_message_setter cancel result exception
      stop_iteration_exception stop_iteration_subclass_exception exception_class yield_from_twice future_repr
      copy_state* iter log_traceback tb_logger_abandoned* tb_logger_not_called_after_cancel*
      tb_logger_result_unretrieved* tb_logger_result_retrieved* tb_logger_exception_unretrieved*
      tb_logger_exception_retrieved* tb_logger_exception_result_retrieved* wrap_future_future wrap_future_cancel*
      wrap_future_cancel2* future_source_traceback* future_exception_never_retrieved*
      future_exception_never_retrieved_debug* set_result_unless_cancelled future_stop_iteration_args
    `,
    BaseFutureDoneCallbackTests: `
      callbacks_remove_first_callback callbacks_remove_first_and_second_callback callbacks_remove_third_callback
      callbacks_invoked_on_set_result callbacks_invoked_on_set_exception remove_done_callback
      remove_done_callbacks_list_mutation remove_done_callbacks_list_clear schedule_callbacks_list_mutation_1
      schedule_callbacks_list_mutation_2
    `,
  },
  "test_futures2.py": {
    FutureTests: "task_exc_handler_correct_context handle_exc_handler_correct_context",
    FutureReprTests: "recursive_repr_for_pending_tasks",
  },
  "test_locks.py": {
    LockTests: `
      repr lock* acquire acquire_cancel cancel_race cancel_release_race finished_waiter_cancelled release_not_acquired
      release_no_waiters context_manager
    `,
    EventTests: "repr wait wait_on_set wait_cancel clear clear_with_waiters",
    ConditionTests: `
      wait wait_cancel wait_cancel_contested wait_cancel_after_notify wait_unacquired wait_for wait_for_unacquired
      notify notify_all notify_unacquired notify_all_unacquired repr context_manager explicit_lock ambiguous_loops*
      timeout_in_block cancelled_error_wakeup cancelled_error_re_aquire cancelled_wakeup cancelled_wakeup_relock
    `,
    SemaphoreTests: `
      initial_value_zero repr semaphore* semaphore_value acquire acquire_cancel acquire_cancel_before_awoken
      acquire_hang acquire_no_hang release_not_acquired release_no_waiters acquire_fifo_order acquire_fifo_order_2
      acquire_fifo_order_3 acquire_fifo_order_4
    `,
    BarrierTests: `
      barrier* repr barrier_parties context_manager filling_one_task filling_one_task_twice filling_task_by_task
      filling_tasks_wait_twice filling_tasks_check_return_value draining_state blocking_tasks_while_draining
      filling_tasks_cancel_one reset_barrier reset_barrier_while_tasks_waiting reset_barrier_when_tasks_half_draining
      reset_barrier_when_tasks_half_draining_half_blocking reset_barrier_while_tasks_waiting_and_waiting_again
      reset_barrier_while_tasks_draining abort_barrier abort_barrier_when_tasks_half_draining_half_blocking
      abort_barrier_when_exception abort_barrier_when_exception_then_resetting
    `,
  },
  "test_pep492.py": {
    LockTests: "context_manager_async_with context_manager_with_await",
    StreamReaderTests: "readline",
    CoroutineTests: "iscoroutine* async_def_coroutines double_await*",
  },
  "test_queues.py": {
    QueueBasicTests: "repr str empty full order maxsize",
    QueueGetTests: `
      blocking_get get_with_putters blocking_get_wait nonblocking_get nonblocking_get_exception get_cancelled_race
      get_with_waiting_putters why_are_getters_waiting cancelled_getters_not_being_held_in_self_getters
    `,
    QueuePutTests: `
      blocking_put blocking_put_wait nonblocking_put get_cancel_drop_one_pending_reader
      get_cancel_drop_many_pending_readers put_cancel_drop nonblocking_put_exception float_maxsize put_cancelled
      put_cancelled_race put_with_waiting_getters why_are_putters_waiting
      cancelled_puts_not_being_held_in_self_putters cancelled_put_silence_value_error_exception
    `,
    LifoQueueTests: "order",
    PriorityQueueTests: "order",
    _QueueJoinTestMixin: "task_done_underflow task_done join_empty_queue format",
    _QueueShutdownTestMixin: `
      format shutdown_empty shutdown_nonempty shutdown_immediate shutdown_immediate_with_unfinished
    `,
  },
  "test_runners.py": {
    RunTests: `
      asyncio_run_return asyncio_run_raises asyncio_run_only_coro asyncio_run_debug asyncio_run_from_running_loop
      asyncio_run_cancels_hanging_tasks asyncio_run_reports_hanging_tasks_errors asyncio_run_loop_factory
    `,
    RunnerTests: `
      non_debug debug custom_factory run run_non_coro run_future explicit_close double_close second_with_block_raises
      run_keeps_context* recursive_run no_repr_is_call_on_the_task_result
    `,
  },
  "test_staggered.py": {
    StaggeredTests: `
      empty one_successful first_error_second_successful first_timeout_second_successful none_successful
    `,
  },
  "test_streams.py": {
    StreamTests: `
      feed_empty_data feed_nonempty_data read_zero read read_line_breaks read_eof read_until_eof read_exception
      invalid_limit read_limit readline readline_limit_with_existing_data at_eof readline_limit
      readline_nolimit_nowait readline_eof readline_empty_eof readline_read_byte_count readline_exception
      readuntil_separator readuntil_multi_chunks readuntil_multi_chunks_1 readuntil_eof readuntil_limit_found_sep
      readuntil_multi_separator readuntil_multi_separator_limit readuntil_multi_separator_negative_offset
      readuntil_bytearray* readexactly_zero_or_less readexactly readexactly_limit readexactly_eof
      readexactly_exception exception exception_waiter exception_cancel streamreader_constructor_without_loop
      streamreader_constructor_use_running_loop streamreader_constructor_use_global_loop
      streamreaderprotocol_constructor_without_loop streamreaderprotocol_constructor_use_running_loop
      streamreaderprotocol_constructor_use_global_loop multiple_drain __repr__ __repr__nondefault_limit __repr__eof
      __repr__data __repr__exception __repr__waiter __repr__transport
    `,
  },
  "test_subprocess.py": {
    SubprocessTransportTests: "proc_exited subprocess_repr",
  },
  "test_taskgroups.py": {
    TestTaskGroup: `
      taskgroup_01 taskgroup_02 taskgroup_03 taskgroup_04 cancel_children_on_child_error cancellation taskgroup_07
      taskgroup_08 taskgroup_09 taskgroup_10 taskgroup_11 taskgroup_12 taskgroup_13 taskgroup_14 taskgroup_15
      taskgroup_16 taskgroup_17 taskgroup_18 taskgroup_19 taskgroup_20* taskgroup_20a* taskgroup_21a* taskgroup_22
      taskgroup_23 taskgroup_24 taskgroup_25 taskgroup_task_name taskgroup_task_context*
      taskgroup_no_create_task_after_failure taskgroup_context_manager_exit_raises taskgroup_already_entered
      taskgroup_double_enter taskgroup_finished taskgroup_not_entered taskgroup_without_parent_task
      coro_closed_when_tg_closed cancelling_level_preserved nested_groups_both_cancelled error_and_cancel
    `,
  },
  "test_tasks.py": {
    BaseTaskTests: `
      task_cancel_message_getter task_cancel_message_setter other_loop_future task_awaits_on_itself task_class
      ensure_future_coroutine ensure_future_future ensure_future_task ensure_future_awaitable
      ensure_future_task_awaitable ensure_future_neither ensure_future_error_msg get_stack* task_repr
      task_repr_autogenerated task_set_name_pylong* task_repr_name_not_str* task_repr_wait_for task_basics cancelling
      uncancel_basic uncancel_structured_blocks uncancel_resets_must_cancel cancel
      cancel_with_message_then_future_result* cancel_with_message_then_future_exception*
      cancellation_exception_context* cancel_with_message_before_starting_task* cancel_yield cancel_inner_future
      cancel_both_task_and_inner_future cancel_task_catching cancel_task_ignoring cancel_current_task cancel_at_end
      cancel_awaited_task stop_while_run_in_complete log_traceback wait wait_duplicate_coroutines wait_errors
      wait_first_completed wait_really_done wait_first_exception wait_first_exception_in_wait wait_with_exception
      wait_with_timeout wait_concurrent_complete wait_with_iterator_of_tasks wait_generator as_completed
      as_completed_same_tasks_in_as_out as_completed_with_timeout as_completed_with_unused_timeout
      as_completed_resume_iterator as_completed_reverse_wait as_completed_concurrent as_completed_duplicate_coroutines
      as_completed_coroutine_without_loop as_completed_coroutine_use_running_loop sleep sleep_when_delay_is_nan
      sleep_cancel task_cancel_sleeping_task task_cancel_waiter_future task_set_methods step_result_future
      baseexception_during_cancel* coroutine_non_gen_function coroutine_non_gen_function_return_future current_task
      current_task_with_interleaving_tasks yield_future_passes_cancel yield_wait_does_not_shield_cancel shield_result
      shield_exception shield_cancel_inner shield_cancel_outer shield_shortcut shield_effect shield_gather
      gather_shield shield_coroutine_without_loop shield_coroutine_use_running_loop shield_coroutine_use_global_loop
      as_completed_invalid_args wait_invalid_args tb_logger_not_called_after_cancel* cancel_gather_1 cancel_gather_2*
      create_task_with_noncoroutine create_task_with_async_function create_task_with_asynclike_function*
      bare_create_task bare_create_named_task context_1* context_2* context_3* context_4* context_5* context_6*
      get_coro get_context*
    `,
    SetMethodsTest: "set_result_causes_invalid_state set_exception_causes_invalid_state",
    BaseTaskIntrospectionTests: `
      _register_task_1 _register_task_2 _register_task_3 _enter_task _enter_task_failure _leave_task
      _leave_task_failure1 _leave_task_failure2 _unregister_task _unregister_task_not_registered
    `,
    BaseCurrentLoopTests: `
      current_task_no_running_loop current_task_no_running_loop_implicit current_task_with_implicit_loop
    `,
    GenericTaskTests: "future_subclass",
    GatherTestsBase: "success result_exception_success one_exception return_exceptions",
    FutureGatherTests: `
      constructor_empty_sequence_without_loop constructor_empty_sequence_use_running_loop
      constructor_empty_sequence_use_global_loop constructor_heterogenous_futures constructor_homogenous_futures
      one_cancellation result_exception_one_cancellation
    `,
    CoroutineGatherTests: `
      constructor_without_loop constructor_use_running_loop constructor_use_global_loop duplicate_coroutines
      cancellation_broadcast exception_marking issue46672
    `,
    SleepTests: "sleep_zero",
  },
  "test_timeouts.py": {
    TimeoutTests: `
      timeout_basic timeout_at_basic nested_timeouts waiter_cancelled timeout_not_called timeout_disabled
      timeout_at_disabled timeout_zero timeout_zero_sleep_zero timeout_in_the_past_sleep_zero foreign_exception_passed
      timeout_exception_context* foreign_exception_on_timeout* foreign_exception_on_timeout_2*
      foreign_cancel_doesnt_timeout_if_not_expired outer_task_is_not_cancelled nested_timeouts_concurrent*
      nested_timeouts_loop_busy* reschedule repr_active repr_expired repr_finished repr_disabled
      nested_timeout_in_finally* timeout_after_cancellation cancel_in_timeout_after_cancellation
      timeout_already_entered timeout_double_enter timeout_finished timeout_expired timeout_expiring
      timeout_not_entered timeout_without_task timeout_taskgroup*
    `,
  },
  "test_transports.py": {
    TransportTests: "ctor_extra_is_none get_extra_info writelines flowcontrol_mixin_set_write_limits",
  },
  "test_waitfor.py": {
    AsyncioWaitForTest: `
      asyncio_wait_for_cancelled asyncio_wait_for_timeout wait_for_timeout_less_then_0_or_0_future_done
      wait_for_timeout_less_then_0_or_0_coroutine_do_not_started wait_for_timeout_less_then_0_or_0 wait_for
      wait_for_blocking wait_for_race_condition wait_for_cancellation_race_condition
      wait_for_waits_for_task_cancellation wait_for_waits_for_task_cancellation_w_timeout_0
      wait_for_reraises_exception_during_cancellation cancel_blocking_wait_for cancel_wait_for
      wait_for_cancel_suppressed wait_for_issue86296
    `,
    WaitForShieldTests: "zero_timeout none_timeout shielded_timeout",
  },
};
