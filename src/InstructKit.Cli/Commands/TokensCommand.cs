using System.CommandLine;
using System.Diagnostics;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Lengths;
using InstructKit.Rendering;
using InstructKit.Tasks;

namespace InstructKit.Cli.Commands;

/// <summary>Token counts as a Unix filter.</summary>
internal sealed class TokensCommand : CliCommand
{
    private readonly Argument<string?> _input = new("FILE")
    {
        HelpName = "FILE",
        Description = "JSON Lines to read: a file (may be compressed), or - for standard input (default).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _tokenizer = OptionFactory.Text(
        "--tokenizer", "NAME|FILE", "o200k_base, cl100k_base, gpt2, r50k_base, or a file: tokenizer.json, .tiktoken, SentencePiece .model (approximate).");

    private readonly Option<string?> _column = OptionFactory.Text("--column", "NAME", "Field whose text is counted; the whole line unless given.");
    private readonly Option<bool> _ids = OptionFactory.Switch("--ids", "Write the token ids as well.");
    private readonly Option<long?> _jobs = OptionFactory.Number("--jobs", "Threads (one for each processor); the output does not depend on it.", 1, 1024);
    private readonly LimitOptions _limits = new(RenderRequest.DepthCeiling, RenderRequest.DepthCeiling);
    private readonly RepairOptions _repairs = new();

    /// <summary>Makes the command.</summary>
    public TokensCommand(Terminal terminal)
        : base(
            "tokens",
            "Count tokens: JSON Lines in, one object with the number of tokens per row out, in order. Special tokens are ordinary text. A row that fails gives an error object; exit 1 when one did.",
            terminal)
    {
        Arguments.Add(_input);
        Option[] options = [_tokenizer, _column, _ids, _jobs, .. _limits.All, .. _repairs.All];
        foreach (var option in options) Options.Add(option);

        _tokenizer.CompletionSources.Add([.. Tokenizers.Names]);
    }

    public override IReadOnlyList<string> Examples { get; } =
    [
        "instructkit tokens train.jsonl --tokenizer o200k_base --column input > lengths.jsonl",
        "zcat train.jsonl.gz | instructkit tokens - --tokenizer Qwen3/tokenizer.json --column target --ids",
        "instructkit tokens notes.txt --tokenizer cl100k_base --jobs 4 -v > lengths.jsonl",
    ];

    protected override int Run(ParseResult parsed)
    {
        var name = parsed.GetValue(_tokenizer)
            ?? throw Wrong($"Give --tokenizer: {string.Join(", ", Tokenizers.Names)}, or the path of a tokenizer.json, a .tiktoken or a SentencePiece .model.");
        var path = parsed.GetValue(_input) ?? "-";
        if (Directory.Exists(path)) throw Wrong($"The input '{path}' is a folder; a file is needed, or - for standard input.");

        // A path with a ! names a member of an archive.
        if (path != "-" && !path.Contains('!', StringComparison.Ordinal) && !File.Exists(path))
            throw PlanOptions.Absent("input file", path, Directory.GetFiles);

        var request = new TokenRequest
        {
            Tokenizer = Tokenizers.Open(name),
            Column = parsed.GetValue(_column),
            WritesIds = parsed.GetValue(_ids),
            Jobs = (int)(parsed.GetValue(_jobs) ?? Environment.ProcessorCount),
            InputLimits = _limits.Over(new RenderRequest().InputLimits, parsed),
            Repairs = _repairs.Read(parsed),
        };
        if (request.Tokenizer.IsApproximate) Terminal.Say($"The tokenizer '{name}' is approximate: on rare texts its ids differ from those of sentencepiece.");

        var clock = Stopwatch.StartNew();
        var totals = Count(request, path);
        Report(totals, clock.Elapsed);
        return totals.Failed == 0 ? ExitCode.Done : ExitCode.Found;
    }

    private static DiagnosticException Wrong(string message) => new(new Diagnostic(TaskCodes.BadSetting, Severity.Error, message));

    private TokenTotals Count(TokenRequest request, string path)
    {
        if (path != "-") return TokenFilter.RunFile(request, path, Terminal.Output, Terminal.Cancel);

        // Bytes are read as they are; only a text that stands for the input in-process is encoded first.
        using var input = Terminal.Input is StreamReader reader ? reader.BaseStream : new MemoryStream(Encoding.UTF8.GetBytes(Terminal.Input.ReadToEnd()));
        return TokenFilter.Run(request, input, "<stdin>", Terminal.Output, Terminal.Cancel);
    }

    private void Report(TokenTotals totals, TimeSpan elapsed)
    {
        foreach (var line in RepairText.Lines(totals.Repaired)) Terminal.Say(line);

        DiagnosticPrinter.Print(totals.FirstErrors, Terminal);
        if (totals.Failed > 0)
            Terminal.Say(string.Create(CultureInfo.InvariantCulture, $"{totals.Failed:N0} of {totals.Lines:N0} rows failed; each has an error object in the output."));

        var megabytes = totals.TextBytes / 1e6;
        Terminal.Log.Information(
            "{Lines:N0} rows, {Tokens:N0} tokens, {Megabytes:N1} MB of text at {Speed:N1} MB/s",
            totals.Lines,
            totals.Tokens,
            megabytes,
            megabytes / Math.Max(1e-6, elapsed.TotalSeconds));
    }
}
