using System.Text.RegularExpressions;
using InstructKit.Formats.Consumers;
using InstructKit.Lengths;

namespace InstructKit.Auditing.Validation;

/// <summary>
/// Checks with a tokenizer: targets that a length limit truncates or masks, prompts whose last token merges with the completion, and texts that look like
/// control tokens. For conversations only contents are counted, without the chat template.
/// </summary>
/// <param name="tokenizer">The tokenizer; owned.</param>
/// <param name="maxTokens">Maximum number of tokens per row; null for no truncation.</param>
internal sealed partial class TokenRules(ITokenizer tokenizer, int? maxTokens)
{
    private const string Truncation = "trl/trainer/sft_trainer.py truncate_dataset";
    private const string Prompts = "verl/utils/dataset/rl_dataset.py maybe_filter_out_long_prompts";
    private const string Boundary = "trl/trainer/sft_trainer.py tokenize_fn";

    // A prompt and the trained text after it, by the consumers' names for them.
    private static readonly (byte[] Prompt, byte[] Target)[] Pairs =
    [
        .. new[]
        {
            ("prompt", "completion"), ("prompt", "chosen"), ("prompt", "rejected"), ("input", "output"), ("input", "target"), ("inputs", "targets"),
        }.Select(pair => (Encoding.UTF8.GetBytes(pair.Item1), Encoding.UTF8.GetBytes(pair.Item2))),
    ];

    private readonly List<int> _prompt = [];
    private readonly List<int> _whole = [];

    [GeneratedRegex(@"<\|[^|<>\s]{1,40}\|>|</?s>|\[/?INST\]|<</?SYS>>|<(?:bos|eos|pad|unk|mask|cls|sep|start_of_turn|end_of_turn|extra_id_[0-9]+)>|\[(?:CLS|SEP|MASK|PAD|UNK)\]|<｜[^｜]{1,40}｜>")]
    private static partial Regex SpecialToken { get; }

    /// <summary>Checks a row, which is an object.</summary>
    public void Check(RowCheck check, JsonNode row)
    {
        check.Source = tokenizer.Name;
        SpecialTexts(check, row);
        var instruction = row.Find("instruction"u8);
        var isPaired = instruction.IsText;
        if (isPaired) Alpaca(check, row, instruction);

        foreach (var (promptKey, targetKey) in isPaired ? [] : Pairs)
        {
            var (prompt, target) = (row.Find(promptKey), row.Find(targetKey));
            if (prompt.IsText && target.IsText) Pair(check, prompt.AsBytes(), prompt.Path, target);
            else if (prompt.IsList && target.IsList) Counted(check, target, Contents(prompt, null), Contents(target, null));
            else continue;

            isPaired = true;
        }

        foreach (var key in (ReadOnlySpan<string>)["messages", "conversations"])
        {
            var turns = row.Find(Encoding.UTF8.GetBytes(key));
            if (turns.IsList && turns.Count > 0) Conversation(check, turns);
        }

        var question = row.Find("input"u8).Find("messages"u8);
        foreach (var key in (ReadOnlySpan<string>)["preferred_output", "non_preferred_output"])
        {
            if (question.IsList && row.Find(Encoding.UTF8.GetBytes(key)) is { IsList: true } answer) Counted(check, answer, Contents(question, null), Contents(answer, null));
        }

        if (!isPaired) Alone(check, row);
    }

    // A text that is trained on completely, or a prompt that a model answers later.
    private void Alone(RowCheck check, JsonNode row)
    {
        if (maxTokens is not { } most) return;

        var text = row.Find("text"u8);
        if (text.IsText) Counted(check, text, 0, tokenizer.Count(text.AsBytes()));

        var prompt = row.Find("prompt"u8);
        var count = prompt.IsText ? tokenizer.Count(prompt.AsBytes()) : Contents(prompt, null);
        if (count <= most) return;

        check.Source = Prompts;
        check.Warning(ConsumerCodes.TargetCut, prompt, string.Create(CultureInfo.InvariantCulture, $"{prompt.Path} has {count} tokens, the limit is {most}: the prompt is cut, or its row dropped"));
    }

    // The question is the instruction and, on the next line, the input (llamafactory/data/converter.py AlpacaDatasetConverter).
    private void Alpaca(RowCheck check, JsonNode row, JsonNode instruction)
    {
        var input = row.Find("input"u8);
        byte[] prompt = input.IsText && input.Bytes.Length > 0 ? [.. instruction.AsBytes(), .. "\n"u8, .. input.AsBytes()] : instruction.AsBytes();
        foreach (var key in (ReadOnlySpan<string>)["output", "chosen", "rejected"])
        {
            if (row.Find(Encoding.UTF8.GetBytes(key)) is { IsText: true } target) Counted(check, target, tokenizer.Count(prompt), tokenizer.Count(target.AsBytes()));
        }
    }

    private void Pair(RowCheck check, byte[] first, string prompt, JsonNode target)
    {
        _prompt.Clear();
        _whole.Clear();
        tokenizer.Encode(first, _prompt);
        tokenizer.Encode([.. first, .. target.AsBytes()], _whole);
        if (!_whole.Take(_prompt.Count).SequenceEqual(_prompt))
        {
            check.Source = Boundary;
            check.Warning(
                ConsumerCodes.MergedBoundary, target,
                $"the tokens of {prompt} are not the first ones of {prompt} and {target.Path} together ({tokenizer.Name}): the mask shifts; a separating newline belongs to the end of {prompt}, a separating space to the start of {target.Path}");
        }

        Counted(check, target, _prompt.Count, _whole.Count - _prompt.Count);
    }

    private void Conversation(RowCheck check, JsonNode turns)
    {
        if (maxTokens is null) return;

        // The text before the first trained turn, and the whole text.
        JsonNode first = default;
        foreach (var turn in turns)
        {
            if (first.IsMissing && (turn.Find("role"u8).Is("assistant"u8) || turn.Find("from"u8).Is("gpt"u8) || turn.Find("from"u8).Is("assistant"u8))) first = turn;
        }

        if (first.IsMissing) return;

        var before = Contents(turns, first);
        Counted(check, first, before, Contents(turns, null) - before);
    }

    private int Contents(JsonNode turns, JsonNode? until)
    {
        if (maxTokens is null) return 0;

        var count = 0;
        foreach (var turn in turns)
        {
            if (until is { } end && turn.Offset == end.Offset) break;

            var content = turn.Find("content"u8);
            if (content.IsMissing) content = turn.Find("value"u8);
            if (content.IsText) count += tokenizer.Count(content.AsBytes());
            foreach (var part in content)
            {
                if (part.Find("text"u8) is { IsText: true } text) count += tokenizer.Count(text.AsBytes());
            }
        }

        return count;
    }

    private void Counted(RowCheck check, JsonNode target, int prompt, int trained)
    {
        if (maxTokens is not { } most || prompt + trained <= most) return;

        check.Source = Truncation;
        var place = target.Path;
        if (prompt >= most)
            check.Error(ConsumerCodes.NothingTrained, target, string.Create(CultureInfo.InvariantCulture, $"what stands before {place} has {prompt} tokens, the limit is {most}: no token of it is trained on, and the row is dropped"));
        else
            check.Warning(ConsumerCodes.TargetCut, target, string.Create(CultureInfo.InvariantCulture, $"{place} ends at token {prompt + trained}, the limit is {most}: its last {prompt + trained - most} tokens are cut"));
    }

    private static void SpecialTexts(RowCheck check, JsonNode value)
    {
        if (value.IsText)
        {
            if (!value.Bytes.ContainsAny("<["u8)) return;

            foreach (var match in SpecialToken.EnumerateMatches(value.AsText()))
            {
                check.Warning(ConsumerCodes.SpecialToken, value, $"{value.Path} has '{value.AsText().Substring(match.Index, match.Length)}', which tokenizers take for a control token");
                return;
            }

            return;
        }

        foreach (var one in value) SpecialTexts(check, one);
    }
}
