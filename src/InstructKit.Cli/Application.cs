using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using InstructKit.Cli.Commands;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Sources.Files;

namespace InstructKit.Cli;

/// <summary>The command line.</summary>
internal static class Application
{
    /// <summary>Runs the process's command line.</summary>
    /// <param name="args">Arguments.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args)
    {
        StandardStreams.Reserve();
        if (!StandardStreams.HasRoom())
        {
            StandardStreams.WriteRaw("error IK4005: Too many open files: the limit of the process leaves no room to work (ulimit -n).\n"u8);
            return ExitCode.InputOutput;
        }

        if (args is ["--version"])
        {
            // Scripts call it in loops, and it does not need the command tree.
            return WriteVersion();
        }

        using var signals = new Signals();
        using var error = StandardStreams.OpenError();
        using var terminal = new Terminal(new StreamReader(new CancellableInput(Console.OpenStandardInput(), signals.Token), new UTF8Encoding(false)), StandardOutput.Open(), error)
        {
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Cancel = signals.Token,
        };
        return Run(args, terminal, () => signals.Received);
    }

    /// <summary>Runs a command line on given streams, none of them a terminal.</summary>
    /// <param name="args">Arguments.</param>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    /// <param name="cancel">Cancels the work.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args, TextReader input, Stream output, TextWriter error, CancellationToken cancel = default)
    {
        using var terminal = new Terminal(input, output, error) { Cancel = cancel };
        return Run(args, terminal, () => null);
    }

    /// <summary>The command tree; the only place where commands are listed.</summary>
    /// <param name="terminal">Where they write.</param>
    /// <param name="log">Options of all commands.</param>
    public static RootCommand Tree(Terminal terminal, LogOptions log)
    {
        var root = new RootCommand("Builds instruction-tuning datasets: NLP tasks in, ten templates each, one cluster held out, JSON Lines out.");
        root.Subcommands.Add(new BuildCommand(terminal));
        root.Subcommands.Add(new PlanCommand(terminal));
        root.Subcommands.Add(new TasksCommand(terminal));
        root.Subcommands.Add(new ClustersCommand(terminal));
        root.Subcommands.Add(new PreviewCommand(terminal));
        root.Subcommands.Add(new LintCommand(terminal));
        root.Subcommands.Add(new NewCommand(terminal));
        root.Subcommands.Add(new ImportCommand(terminal));
        root.Subcommands.Add(new FetchCommand(terminal));
        root.Subcommands.Add(new RenderCommand(terminal));
        root.Subcommands.Add(new TokensCommand(terminal));
        root.Subcommands.Add(new ScoreCommand(terminal));
        root.Subcommands.Add(new ValidateCommand(terminal));
        root.Subcommands.Add(new SchemaCommand(terminal));
        root.Subcommands.Add(new CompletionCommand(terminal));
        root.Subcommands.Add(new IndexCommand(terminal));

        log.AddTo(root);
        // The usual aliases include /? and /h, which are paths on most systems.
        root.Options.Remove(root.Options.First(option => option is HelpOption));
        var help = new HelpOption("--help", "-h") { Description = "Show help." };
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        root.Options.Insert(0, help);
        foreach (var version in root.Options.OfType<VersionOption>())
        {
            version.Action = new VersionAction(terminal);
            version.Description = "Print the version.";
        }

        root.SetAction(parsed => new HelpWithExamples(new HelpAction()).Invoke(parsed));
        return root;
    }

    /// <summary>Runs a command line on a terminal.</summary>
    /// <param name="args">Arguments.</param>
    /// <param name="terminal">The streams.</param>
    /// <param name="signal">Number of the signal received, or null.</param>
    /// <returns>The exit code.</returns>
    internal static int Run(string[] args, Terminal terminal, Func<int?> signal)
    {
        var log = new LogOptions();
        try
        {
            var root = Tree(terminal, log);
            var parsed = root.Parse(CompletionCommand.Prepare(args, root), new ParserConfiguration { ResponseFileTokenReplacer = null });
            terminal.Options = CommandLineErrors.OptionNames(parsed.CommandResult).ToHashSet(StringComparer.Ordinal);
            terminal.Json = parsed.CommandResult.Children.OfType<OptionResult>().Any(option => option is { Implicit: false, Option.Name: "--json" });
            log.Apply(parsed, terminal);
            var suggests = root.Directives.OfType<SuggestDirective>().Any(directive => parsed.GetResult(directive) is not null);
            if (!suggests && parsed.Action is not { ClearsParseErrors: true } && CommandLineErrors.Find(parsed) is { Count: > 0 } errors)
            {
                DiagnosticPrinter.PrintUsage(errors, parsed, terminal);
                return ExitCode.Usage;
            }

            var code = parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = terminal.Text,
                Error = terminal.Error,
            });
            terminal.Flush();
            return terminal.Log.FileError is { } why ? ReportLog(why, code, terminal) : code;
        }
        catch (ClosedPipeException)
        {
            return ExitCode.Done;
        }
        catch (Exception exception)
        {
            var failure = SystemFailure.Coded(exception);
            var code = ExitCode.Of(failure, signal());
            DiagnosticPrinter.PrintFailure(failure, code, terminal);
            return code;
        }
        finally
        {
            terminal.Log.Dispose();
        }
    }

    // The work is done; only its log is incomplete.
    private static int ReportLog(string why, int code, Terminal terminal)
    {
        DiagnosticPrinter.Print([Diagnostic.Error(SinkCodes.WriteFailed, $"The log file '{terminal.Log.File}' cannot be written: {why.TrimEnd('.')}. Everything else is done.")], terminal);
        return code is ExitCode.Done or ExitCode.Found ? ExitCode.InputOutput : code;
    }

    private static int WriteVersion()
    {
        try
        {
            using var output = StandardOutput.Open();
            output.Write(Encoding.UTF8.GetBytes($"{ToolVersion.Text}\n"));
            return ExitCode.Done;
        }
        catch (ClosedPipeException)
        {
            return ExitCode.Done;
        }
        catch (IOException exception)
        {
            StandardStreams.OpenError().WriteLine(SystemFailure.Coded(exception).Message);
            return ExitCode.InputOutput;
        }
    }

    private sealed class VersionAction(Terminal terminal) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            terminal.Text.WriteLine(ToolVersion.Text);
            return ExitCode.Done;
        }
    }
}
