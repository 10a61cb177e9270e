using System.CommandLine;
using System.Diagnostics;
using InstructKit.Cli.Options;
using InstructKit.Cli.Output;
using InstructKit.Lengths;
using InstructKit.Rendering;

namespace InstructKit.Cli.Commands;

/// <summary>Token counts as a Unix filter.</summary>
internal sealed class TokensCommand : FilterCommand
{
    private readonly Option<string?> _tokenizer = OptionFactory.Text(
        "--tokenizer", "NAME|FILE", "o200k_base, cl100k_base, gpt2, r50k_base, or a file: tokenizer.json, .tiktoken, SentencePiece .model (approximate).");

    private readonly Option<string?> _column = OptionFactory.Text("--column", "NAME", "Field whose text is counted; the whole line unless given.");
    private readonly Option<bool> _ids = OptionFactory.Switch("--ids", "Write the token ids as well.");

    public TokensCommand(Terminal terminal)
        : base(
            "tokens",
            "Count tokens: JSON Lines in, one object with the number of tokens per row out, in order. Special tokens are ordinary text. A row that fails gives an error object; exit 1 when one did.",
            terminal)
    {
        AddFilterOptions(_tokenizer, _column, _ids);
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
        var path = PathOf(parsed);
        var request = new TokenRequest
        {
            Tokenizer = Tokenizers.Open(name),
            Column = parsed.GetValue(_column),
            WritesIds = parsed.GetValue(_ids),
            Jobs = JobsOf(parsed),
            InputLimits = LimitsOf(parsed),
            Repairs = RepairsOf(parsed),
        };
        if (request.Tokenizer.IsApproximate) Terminal.Say($"The tokenizer '{name}' is approximate: on rare texts its ids differ from those of sentencepiece.");

        var clock = Stopwatch.StartNew();
        var totals = Count(request, path);
        return Report(totals, clock.Elapsed);
    }

    private TokenTotals Count(TokenRequest request, string? path)
    {
        if (path is not null) return TokenFilter.RunFile(request, path, Terminal.Output, Terminal.Cancel);

        using var input = Terminal.OpenInput();
        return TokenFilter.Run(request, input, "<stdin>", Terminal.Output, Terminal.Cancel);
    }

    private int Report(TokenTotals totals, TimeSpan elapsed)
    {
        foreach (var line in RepairText.Lines(totals.Repaired)) Terminal.Say(line);

        DiagnosticPrinter.Print(totals.FirstErrors, Terminal);
        var code = Finish(totals.Failed, totals.Lines);
        var megabytes = totals.TextBytes / 1e6;
        Terminal.Log.Information(
            "{Lines:N0} rows, {Tokens:N0} tokens, {Megabytes:N1} MB of text at {Speed:N1} MB/s", totals.Lines, totals.Tokens, megabytes,
            megabytes / Math.Max(1e-6, elapsed.TotalSeconds));
        return code;
    }
}
