using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using InstructKit.Cli.Commands;

namespace InstructKit.Cli.Output;

/// <summary>The usual help, and behind it the examples of the command.</summary>
/// <param name="usual">The usual help.</param>
internal sealed class HelpWithExamples(HelpAction usual) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        // What `tasks` takes is not what `tasks list` takes.
        for (var parent = parseResult.CommandResult.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
        {
            foreach (var argument in parent.Command.Arguments) argument.Hidden = true;
        }

        usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is CliCommand command)
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var example in command.Examples) output.WriteLine($"  {example}");

            output.WriteLine();
        }

        return ExitCode.Done;
    }
}
