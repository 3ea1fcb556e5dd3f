// The other tests of `test_asyncio` in CPython 3.13.0, as `applicable.ts` has those that must be here: real selectors, sockets,
// processes, garbage collection, typing. Some may be ported all the same; what is not among these names is no test of CPython.
import type { NamesByFile } from "./applicable.ts";

/** The tests that may be here. */
export const BEYOND: NamesByFile = {
  "test_base_events.py": {
    BaseEventTests: "ipaddr_info port_parameter_types ipaddr_info_no_inet_pton",
    BaseEventLoopTests: `
      not_implemented set_default_executor set_default_executor_error shutdown_default_executor_timeout check_thread
      subprocess_exec_invalid_args subprocess_shell_invalid_args env_var_debug asyncgen_finalization_by_gc
      asyncgen_finalization_by_gc_in_other_thread
    `,
    BaseEventLoopWithSelectorTests: `
      getnameinfo create_connection_multiple_errors create_connection_timeout create_connection_host_port_sock
      create_connection_wrong_sock create_server_wrong_sock create_server_ssl_timeout_for_plain_socket
      create_server_stream_bittype create_server_ipv6 create_datagram_endpoint_wrong_sock
      create_connection_no_host_port_sock create_connection_no_getaddrinfo create_connection_connect_err
      create_connection_multiple create_connection_multiple_errors_local_addr create_connection_ipv6_scope
      create_connection_ip_addr create_connection_no_inet_pton create_connection_service_name
      create_connection_no_local_addr create_connection_bluetooth create_connection_ssl_server_hostname_default
      create_connection_no_ssl_server_hostname_errors create_connection_ssl_server_hostname_errors
      create_connection_ssl_timeout_for_plain_socket create_server_empty_host create_server_host_port_sock
      create_server_no_host_port_sock create_server_no_getaddrinfo create_server_nosoreuseport
      create_server_soreuseport_only_defined create_server_cant_bind create_datagram_endpoint_no_addrinfo
      create_datagram_endpoint_addr_error create_datagram_endpoint_connect_err
      create_datagram_endpoint_allow_broadcast create_datagram_endpoint_socket_err
      create_datagram_endpoint_no_matching_family create_datagram_endpoint_setblk_err
      create_datagram_endpoint_noaddr_nofamily create_datagram_endpoint_cant_bind create_datagram_endpoint_sock
      create_datagram_endpoint_sock_unix create_datagram_endpoint_existing_sock_unix
      create_datagram_endpoint_sock_sockopts create_datagram_endpoint_sockopts create_datagram_endpoint_nosoreuseport
      create_datagram_endpoint_ip_addr accept_connection_retry accept_connection_exception
    `,
    BaseLoopSockSendfileTests: `
      _sock_sendfile_native_failure sock_sendfile_no_fallback sock_sendfile_fallback
      sock_sendfile_fallback_offset_and_count blocking_socket nonbinary_file nonstream_socket notint_count
      negative_count notint_offset negative_offset
    `,
    TestSelectorUtils: "set_nodelay",
  },
  "test_buffered_proto.py": {
    BaseTestBufferedProtocol: "buffered_proto_create_connection",
  },
  "test_context.py": {
    DecimalContextTest: "asyncio_task_decimal_context",
  },
  "test_eager_task_factory.py": {
    CEagerTaskFactoryLoopTests: "issue105987",
  },
  "test_events.py": {
    EventLoopTestsMixin: `
      call_soon_threadsafe run_in_executor run_in_executor_cancel reader_callback writer_callback add_signal_handler
      signal_handling_while_selecting signal_handling_args create_connection create_unix_connection
      create_ssl_connection create_ssl_unix_connection create_connection_local_addr
      create_connection_local_addr_skip_different_family create_connection_local_addr_nomatch_family
      create_connection_local_addr_in_use connect_accepted_socket ssl_connect_accepted_socket
      connect_accepted_socket_ssl_timeout_for_plain_socket create_server_multiple_hosts_ipv4
      create_server_multiple_hosts_ipv6 create_server create_server_trsock create_server_reuse_port create_unix_server
      create_unix_server_path_socket_error create_server_ssl create_unix_server_ssl create_server_ssl_verify_failed
      create_unix_server_ssl_verify_failed create_server_ssl_match_failed create_unix_server_ssl_verified
      create_server_ssl_verified create_server_sock create_server_addr_in_use create_server_dual_stack server_close
      create_datagram_endpoint create_datagram_endpoint_ipv6 create_datagram_endpoint_sock
      datagram_send_to_non_listening_address internal_fds read_pipe unclosed_pipe_transport read_pty_output write_pipe
      write_pipe_disconnect_on_close write_pty bidirectional_pty prompt_cancellation remove_fds_after_closing
      add_fds_after_closing
    `,
    SubprocessTestsMixin: `
      subprocess_exec subprocess_interactive subprocess_shell subprocess_exitcode subprocess_close_after_finish
      subprocess_kill subprocess_terminate subprocess_send_signal subprocess_stderr
      subprocess_stderr_redirect_to_stdout subprocess_close_client_stream subprocess_wait_no_same_group
      subprocess_exec_invalid_args subprocess_shell_invalid_args
    `,
    HandleTests: "handle_weakref coroutine_like_object_debug_formatting",
    AbstractEventLoopTests: "not_implemented not_implemented_async",
    PolicyTests: `
      event_loop_policy get_event_loop get_event_loop_calls_set_event_loop get_event_loop_after_set_none
      get_event_loop_thread new_event_loop set_event_loop get_event_loop_policy set_event_loop_policy
    `,
    TestServer: "get_loop",
    TestAbstractServer: "close wait_closed get_loop",
    ProactorEventLoopTests: `
      reader_callback reader_callback_cancel writer_callback writer_callback_cancel remove_fds_after_closing
    `,
    KqueueEventLoopTests: "read_pty_output write_pty",
  },
  "test_futures.py": {
    BaseFutureTests: `
      generic_alias uninitialized wrap_future wrap_future_without_loop wrap_future_use_running_loop
      wrap_future_use_global_loop future_iter_throw future_del_collect
    `,
    CFutureTests: "future_del_segfault future_iter_get_referents_segfault",
    BaseFutureInheritanceTests: "inherit_without_calling_super_init",
  },
  "test_futures2.py": {
    FutureTests: "future_traceback",
  },
  "test_locks.py": {
    LockTests: "lock_doesnt_accept_loop_parameter lock_by_with_statement",
  },
  "test_pep492.py": {
    CoroutineTests: `
      iscoroutine_generator iscoroutinefunction debug_mode_manages_coroutine_origin_tracking types_coroutine
      task_print_stack
    `,
  },
  "test_proactor_events.py": {
    ProactorSocketTransportTests: `
      ctor loop_reading loop_reading_data loop_reading_no_data loop_reading_aborted loop_reading_aborted_closing
      loop_reading_aborted_is_fatal loop_reading_conn_reset_lost loop_reading_exception write write_no_data write_more
      loop_writing loop_writing_err loop_writing_stop loop_writing_closing abort close close_write_fut close_buffer
      close_invalid_sockobj fatal_error force_close loop_writing_force_close force_close_idempotent
      force_close_protocol_connection_lost_once close_protocol_connection_lost_once fatal_error_2 call_connection_lost
      write_eof write_eof_buffer write_eof_write_pipe write_eof_buffer_write_pipe write_eof_duplex_pipe
      pause_resume_reading pause_reading_connection_made pause_resume_writing pause_writing_2write
      pause_writing_3write dont_pause_writing
    `,
    ProactorDatagramTransportTests: `
      sendto sendto_bytearray sendto_memoryview sendto_no_data sendto_buffer sendto_buffer_bytearray
      sendto_buffer_memoryview sendto_buffer_nodata sendto_exception sendto_error_received
      sendto_error_received_connected sendto_str sendto_connected_addr sendto_closing _loop_writing_closing
      _loop_writing_exception _loop_writing_error_received _loop_writing_error_received_connection
      fatal_error_connected
    `,
    BaseProactorEventLoopTests: `
      ctor close_self_pipe close make_socket_transport loop_self_reading loop_self_reading_fut
      loop_self_reading_exception write_to_self process_events create_server create_server_cancel stop_serving
      make_datagram_transport datagram_loop_writing datagram_loop_reading datagram_loop_reading_data
      datagram_loop_reading_no_data datagram_loop_reading_aborted datagram_loop_writing_aborted
    `,
    ProactorEventLoopUnixSockSendfileTests: `
      sock_sendfile_not_a_file sock_sendfile_iobuffer sock_sendfile_not_regular_file blocking_socket
    `,
  },
  "test_protocols.py": {
    ProtocolsAbsTests: "base_protocol protocol buffered_protocol datagram_protocol subprocess_protocol",
  },
  "test_queues.py": {
    QueueBasicTests: "generic_alias",
  },
  "test_runners.py": {
    RunTests: `
      asyncio_run_closes_gens_after_hanging_tasks_errors asyncio_run_set_event_loop asyncio_run_without_uncancel
      loop_factory_default_event_loop
    `,
    RunnerTests: `
      interrupt_call_soon interrupt_wait interrupt_cancelled_task signal_install_not_supported_ok
      set_event_loop_called_once
    `,
  },
  "test_selector_events.py": {
    BaseSelectorEventLoopTests: `
      make_socket_transport make_ssl_transport_without_ssl_error close close_no_selector read_from_self_tryagain
      read_from_self_exception write_to_self_tryagain write_to_self_exception sock_connect_resolve_using_socket_params
      add_reader add_reader_existing add_reader_existing_writer remove_reader remove_reader_read_write
      remove_reader_unknown add_writer add_writer_existing remove_writer remove_writer_read_write
      remove_writer_unknown process_events_read process_events_read_cancelled process_events_write
      process_events_write_cancelled accept_connection_multiple
    `,
    SelectorTransportTests: `
      ctor abort close close_write_buffer force_close fatal_error fatal_error_custom_exception connection_lost
      _add_reader
    `,
    SelectorSocketTransportTests: `
      ctor ctor_with_waiter pause_resume_reading pause_reading_connection_made read_eof_received_error
      data_received_error read_ready read_ready_eof read_ready_eof_keep_open read_ready_tryagain
      read_ready_tryagain_interrupted read_ready_conn_reset read_ready_err write write_bytearray write_memoryview
      write_no_data write_buffer write_partial write_partial_bytearray write_partial_memoryview write_partial_none
      write_tryagain write_sendmsg_no_data writelines_sendmsg_full writelines_sendmsg_partial writelines_send_full
      writelines_send_partial write_sendmsg_full write_sendmsg_partial write_sendmsg_half_buffer write_sendmsg_OSError
      write_exception write_str write_closing write_ready write_ready_closing write_ready_no_data write_ready_partial
      write_ready_partial_none write_ready_tryagain write_ready_exception write_eof write_eof_buffer
      write_eof_after_close transport_close_remove_writer
    `,
    SelectorSocketTransportBufferedProtocolTests: `
      ctor get_buffer_error get_buffer_zerosized proto_type_switch buffer_updated_error read_eof_received_error
      read_ready read_ready_eof read_ready_eof_keep_open read_ready_tryagain read_ready_tryagain_interrupted
      read_ready_conn_reset read_ready_err
    `,
    SelectorDatagramTransportTests: `
      read_ready transport_inheritance read_ready_tryagain read_ready_err read_ready_oserr sendto sendto_bytearray
      sendto_memoryview sendto_no_data sendto_buffer sendto_buffer_bytearray sendto_buffer_memoryview
      sendto_buffer_nodata sendto_tryagain sendto_exception sendto_error_received sendto_error_received_connected
      sendto_str sendto_connected_addr sendto_closing sendto_ready sendto_ready_closing sendto_ready_no_data
      sendto_ready_tryagain sendto_ready_exception sendto_ready_error_received sendto_ready_error_received_connection
      fatal_error_connected fatal_error_connected_custom_error
    `,
  },
  "test_sendfile.py": {
    SockSendfileMixin: `
      sock_sendfile_success sock_sendfile_with_offset_and_count sock_sendfile_zero_size
      sock_sendfile_mix_with_regular_send
    `,
    SendfileMixin: `
      sendfile_not_supported sendfile sendfile_force_fallback sendfile_force_unsupported_native sendfile_ssl
      sendfile_for_closing_transp sendfile_pre_and_post_data sendfile_ssl_pre_and_post_data sendfile_partial
      sendfile_ssl_partial sendfile_close_peer_after_receiving sendfile_ssl_close_peer_after_receiving
      sendfile_close_peer_in_the_middle_of_receiving sendfile_fallback_close_peer_in_the_middle_of_receiving
      sendfile_prevents_bare_write sendfile_no_fallback_for_fallback_transport
    `,
  },
  "test_server.py": {
    BaseStartServer: "start_server_1",
    SelectorStartServerTests: "start_unix_server_1",
    TestServer2: "wait_closed_basic wait_closed_race close_clients abort_clients",
    UnixServerCleanupTests: `
      unix_server_addr_cleanup unix_server_sock_cleanup unix_server_cleanup_gone unix_server_cleanup_replaced
      unix_server_cleanup_prevented
    `,
  },
  "test_sock_lowlevel.py": {
    BaseSockTestsMixin: `
      sock_client_ops sock_client_racing sock_client_connect_racing huge_content huge_content_recvinto recvfrom
      recvfrom_into sendto_blocking unix_sock_client_ops sock_client_fail sock_accept cancel_sock_accept
      create_connection_sock
    `,
    ProactorEventLoopTests: `
      datagram_send_to_non_listening_address_recvfrom datagram_send_to_non_listening_address_recvfrom_into
    `,
  },
  "test_ssl.py": {
    TestSSL: `
      create_server_ssl_1 create_connection_ssl_1 create_connection_ssl_slow_handshake
      create_connection_ssl_failed_certificate ssl_handshake_timeout ssl_handshake_connection_lost
      ssl_connect_accepted_socket connect_accepted_socket start_tls_client_corrupted_ssl start_tls_client_reg_proto_1
      create_connection_memory_leak start_tls_client_buf_proto_1 start_tls_slow_client_cancel start_tls_server_1
      create_server_ssl_over_ssl shutdown_cleanly flush_before_shutdown remote_shutdown_receives_trailing_data
      connect_timeout_warning handshake_timeout_handler_leak shutdown_timeout_handler_leak
      shutdown_timeout_handler_not_set
    `,
  },
  "test_sslproto.py": {
    SslProtoHandshakeTests: `
      handshake_timeout_zero handshake_timeout_negative eof_received_waiter fatal_error_no_name_error connection_lost
      close_during_handshake close_during_ssl_over_ssl get_extra_info_on_closed_connection set_new_app_protocol
      data_received_after_closing write_after_closing
    `,
    BaseStartTLS: `
      buf_feed_data start_tls_client_reg_proto_1 create_connection_memory_leak start_tls_client_buf_proto_1
      start_tls_slow_client_cancel start_tls_server_1 start_tls_wrong_args handshake_timeout
      create_connection_ssl_slow_handshake create_connection_ssl_failed_certificate start_tls_client_corrupted_ssl
    `,
  },
  "test_streams.py": {
    StreamTests: `
      open_connection open_unix_connection open_connection_no_loop_ssl open_unix_connection_no_loop_ssl
      open_connection_error open_unix_connection_error start_server start_unix_server start_tls
      read_all_from_pipe_reader drain_raises IncompleteReadError_pickleable LimitOverrunError_pickleable
      wait_closed_on_close wait_closed_on_close_with_unread_data async_writer_api
      async_writer_api_exception_after_close eof_feed_when_closing_writer unclosed_resource_warnings
      loop_is_closed_resource_warnings unclosed_server_resource_warnings unhandled_exception unhandled_cancel
    `,
  },
  "test_subprocess.py": {
    SubprocessMixin: `
      stdin_stdout communicate communicate_none_input shell start_new_session kill kill_issue43884 terminate
      send_signal stdin_broken_pipe communicate_ignore_broken_pipe pause_reading stdin_not_inheritable empty_input
      devnull_input devnull_output devnull_error devstdin_input cancel_process_wait
      cancel_make_subprocess_transport_exec cancel_post_init close_kill_running close_dont_kill_finished popen_error
      popen_error_with_stdin_pipe read_stdout_after_process_exit create_subprocess_exec_text_mode_fails
      create_subprocess_shell_text_mode_fails create_subprocess_exec_with_path create_subprocess_env_shell
      create_subprocess_env_exec subprocess_concurrent_wait subprocess_protocol_events subprocess_communicate_stdout
      subprocess_send_signal_race
    `,
    MultiLoopChildWatcherTests: "warns",
    GenericWatcherTests: "create_subprocess_fails_with_inactive_watcher create_subprocess_with_pidfd",
  },
  "test_tasks.py": {
    BaseTaskTests: `
      generic_alias task_del_collect exception_chaining_after_await exception_chaining_after_await_with_context_cycle
      cancel_traceback_for_future_result cancel_traceback_for_future_exception iscoroutinefunction
      log_destroyed_pending_task task_source_traceback exception_traceback error_in_call_soon
    `,
    CTask_CFuture_Tests: "refleaks_in_task___init__ del__log_destroy_pending_segfault",
    CTask_Future_Tests: "foobar",
    GenericTaskTests: "asyncio_module_compiled",
    GatherTestsBase: "env_var_debug",
    RunCoroutineThreadsafeTests: `
      run_coroutine_threadsafe run_coroutine_threadsafe_with_exception run_coroutine_threadsafe_with_timeout
      run_coroutine_threadsafe_task_cancelled run_coroutine_threadsafe_task_factory_exception
    `,
  },
  "test_threads.py": {
    ToThreadTests: `
      to_thread to_thread_exception to_thread_once to_thread_concurrent to_thread_args_kwargs to_thread_contextvars
    `,
  },
  "test_transports.py": {
    TransportTests: "not_implemented dgram_not_implemented subprocess_transport_not_implemented",
  },
  "test_unix_events.py": {
    SelectorEventLoopSignalTests: `
      check_signal handle_signal_no_handler handle_signal_cancelled_handler add_signal_handler_setup_error
      add_signal_handler_coroutine_error add_signal_handler add_signal_handler_install_error
      add_signal_handler_install_error2 add_signal_handler_install_error3 remove_signal_handler
      remove_signal_handler_2 remove_signal_handler_cleanup_error remove_signal_handler_error
      remove_signal_handler_error2 close close_on_finalizing
    `,
    SelectorEventLoopUnixSocketTests: `
      create_unix_server_existing_path_sock create_unix_server_pathlike create_unix_connection_pathlike
      create_unix_server_existing_path_nonsock create_unix_server_ssl_bool create_unix_server_nopath_nosock
      create_unix_server_path_inetsock create_unix_server_path_dgram create_unix_server_path_stream_bittype
      create_unix_server_ssl_timeout_with_plain_sock create_unix_connection_path_inetsock
      create_unix_server_bind_error create_unix_connection_path_sock create_unix_connection_nopath_nosock
      create_unix_connection_nossl_serverhost create_unix_connection_ssl_noserverhost
      create_unix_connection_ssl_timeout_with_plain_sock
    `,
    SelectorEventLoopUnixSockSendfileTests: `
      sock_sendfile_not_available sock_sendfile_not_a_file sock_sendfile_iobuffer sock_sendfile_not_regular_file
      sock_sendfile_cancel1 sock_sendfile_cancel2 sock_sendfile_blocking_error sock_sendfile_os_error_first_call
      sock_sendfile_os_error_next_call sock_sendfile_exception
    `,
    UnixReadPipeTransportTests: `
      ctor _read_ready _read_ready_eof _read_ready_blocked _read_ready_error pause_reading resume_reading close
      close_already_closing _close _call_connection_lost _call_connection_lost_with_err pause_reading_on_closed_pipe
      pause_reading_on_paused_pipe resume_reading_on_closed_pipe resume_reading_on_paused_pipe
    `,
    UnixWritePipeTransportTests: `
      ctor can_write_eof write write_no_data write_partial write_buffer write_again write_err write_close _read_ready
      _write_ready _write_ready_partial _write_ready_again _write_ready_empty _write_ready_err _write_ready_closing
      abort _call_connection_lost _call_connection_lost_with_err close close_closing write_eof write_eof_pending
    `,
    AbstractChildWatcherTests: "warns_on_subclassing not_implemented",
    BaseChildWatcherTests: "not_implemented",
    ChildWatcherTestsMixin: `
      create_watcher sigchld sigchld_two_children sigchld_two_children_terminating_together sigchld_race_condition
      sigchld_replace_handler sigchld_remove_handler sigchld_unknown_status remove_child_handler
      sigchld_unhandled_exception sigchld_child_reaped_elsewhere sigchld_unknown_pid_during_registration set_loop
      set_loop_race_condition close
    `,
    PolicyTests: `
      get_default_child_watcher get_child_watcher_after_set get_child_watcher_thread
      child_watcher_replace_mainloop_existing
    `,
    TestFunctional: "add_reader_invalid_argument add_reader_or_writer_transport_fd",
    TestFork: "fork_not_share_event_loop fork_signal_handling fork_asyncio_run fork_asyncio_subprocess",
  },
  "test_windows_events.py": {
    ProactorLoopCtrlC: "ctrl_c",
    ProactorMultithreading: "run_from_nonmain_thread",
    ProactorTests: `
      close double_bind pipe connect_pipe_cancel wait_for_handle wait_for_handle_cancel read_self_pipe_restart
      address_argument_type_error client_pipe_stat loop_restart
    `,
    WinPolicyTests: "selector_win_policy proactor_win_policy",
  },
  "test_windows_utils.py": {
    PipeTests: "pipe_overlapped pipe_handle",
    PopenTests: "popen",
  },
};
