using InstructKit.Cli.Options;
using InstructKit.Rendering;
using InstructKit.Sources;

namespace InstructKit.Cli.Commands;

/// <summary>A Unix filter over the lines of a file or of standard input.</summary>
internal abstract class FilterCommand : CliCommand
{
    private readonly Argument<string?> _input = new("FILE")
    {
        HelpName = "FILE",
        Description = "JSON Lines to read: a file (may be compressed), or - for standard input (default).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<long?> _jobs = OptionFactory.Number("--jobs", "Threads (one for each processor); the output does not depend on it.", 1, 1024);
    private readonly LimitOptions _limits = new(RenderRequest.DepthCeiling, RenderRequest.DepthCeiling);
    private readonly RepairOptions _repairs = new();

    protected FilterCommand(string name, string description, Terminal terminal)
        : base(name, description, terminal) => Arguments.Add(_input);

    /// <summary>Adds options, followed by those of all filters.</summary>
    protected void AddFilterOptions(params IEnumerable<Option> options) => Add([.. options, _jobs, .. _limits.All, .. _repairs.All]);

    /// <summary>Path of the input; null for standard input.</summary>
    protected string? PathOf(ParseResult parsed)
    {
        var path = parsed.GetValue(_input) ?? "-";
        if (Directory.Exists(path)) throw Wrong($"The input '{path}' is a folder; a file is needed, or - for standard input.");

        // A path with a ! names a member of an archive.
        return path == "-" ? null : path.Contains('!', StringComparison.Ordinal) || File.Exists(path) ? path : throw PlanOptions.Absent("input file", path, Directory.GetFiles);
    }

    protected int JobsOf(ParseResult parsed) => (int)(parsed.GetValue(_jobs) ?? Environment.ProcessorCount);

    protected SourceLimits LimitsOf(ParseResult parsed) => _limits.Over(new RenderRequest().InputLimits, parsed);

    protected RepairChoices RepairsOf(ParseResult parsed) => _repairs.Read(parsed);

    /// <summary>Reports how many rows failed; returns the exit code.</summary>
    protected int Finish(long failed, long rows)
    {
        if (failed == 0) return ExitCode.Done;

        Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{failed:N0} of {rows:N0} rows failed; each has an error object in the output."));
        return ExitCode.Found;
    }
}
