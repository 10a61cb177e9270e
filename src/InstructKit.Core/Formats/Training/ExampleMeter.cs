using System.Runtime.InteropServices;
using InstructKit.Examples;
using InstructKit.Lengths;

namespace InstructKit.Formats.Training;

/// <summary>Settings for measuring and encoding examples; shared by all workers.</summary>
internal sealed record MeterSettings
{
    /// <summary>Counts and encodes; null to count words.</summary>
    public ITokenizer? Tokenizer { get; init; }

    /// <summary>How the format's columns become a text.</summary>
    public required TextShape Shape { get; init; }

    /// <summary>System text and separator.</summary>
    public required FormatSettings Format { get; init; }

    /// <summary>Renders the measured text; null for the plain columns.</summary>
    public ChatTemplate? Template { get; init; }

    /// <summary>True when the records have a conversation's tools in addition to its turns.</summary>
    public bool HasTools { get; init; }

    /// <summary>True when an end token is added to the text.</summary>
    public bool HasEnd { get; init; }

    /// <summary>Id of the token that ends the text.</summary>
    public int EndId { get; init; }

    /// <summary>Ids between input and target instead of the separator; empty for the separator.</summary>
    public IReadOnlyList<int> SeparatorIds { get; init; } = [];

    /// <summary>True when examples are encoded for packing, so the separator also joins pairs.</summary>
    public bool Encodes { get; init; }

    /// <summary>The unit.</summary>
    public string Unit => Tokenizer is null ? "words" : "tokens";
}

/// <summary>Measures and encodes examples as seen by a trainer. One per worker.</summary>
/// <param name="settings">The settings.</param>
internal sealed class ExampleMeter(MeterSettings settings)
{
    private readonly TrainedText _text = new(
        settings.Shape, joins: (settings.Encodes || settings.Shape == TextShape.Joined) && settings.SeparatorIds.Count == 0, settings.HasTools, settings.Format, settings.Template);

    private readonly ITokenizer? _tokenizer = settings.Tokenizer?.Fork();
    private readonly List<int> _ids = [];
    private SpecialTokens? _special;

    /// <summary>Tokens of the example measured last, as in <see cref="Example.Tokens"/>.</summary>
    public Utf8Output Tokens { get; } = new(0);

    /// <summary>The tokens or words of a text.</summary>
    public int Count(ReadOnlySpan<byte> text) => _tokenizer?.Count(text) ?? LengthStatistics.CountWords(text);

    /// <summary>Measures an example, and encodes it if examples are packed.</summary>
    /// <exception cref="InstructKit.Templating.Settings.TemplateException">The chat template failed on it.</exception>
    public ExampleLength Measure(in Example example)
    {
        _text.Fill(in example);
        _ids.Clear();
        if (_text.IsRendered && _tokenizer is not null) (_special ??= new SpecialTokens(_tokenizer)).FindContents(_text.Bytes, in example);
        var (input, target) = (0, 0);
        for (var i = 0; i < _text.Parts.Count; i++)
        {
            var part = _text.Parts[i];
            var length = Count(part);
            if (part.IsTrained) target += length;
            else input += length;

            // After the input, which is the first of two parts.
            if (i == 0 && !_text.IsRendered && settings.SeparatorIds.Count > 0 && settings.Shape != TextShape.Turns) input += Append(settings.SeparatorIds);
        }

        if (settings.HasEnd)
        {
            target++;
            if (settings.Encodes) _ids.Add(settings.EndId);
        }

        if (settings.Encodes) Take();
        return new ExampleLength(input, target);
    }

    /// <summary>Keeps the first tokens of the example measured last; false when none of them is trained on.</summary>
    /// <param name="count">Number of tokens.</param>
    /// <param name="length">The resulting length.</param>
    public bool Truncate(int count, out ExampleLength length)
    {
        Tokens.Length = count * sizeof(int);
        var trained = 0;
        foreach (var token in MemoryMarshal.Cast<byte, int>(Tokens.Written)) trained += token >= 0 ? 1 : 0;
        length = new ExampleLength(count - trained, trained);
        return trained > 0;
    }

    private int Append(IReadOnlyList<int> ids)
    {
        if (!settings.Encodes) return ids.Count;
        foreach (var id in ids) _ids.Add(~id);
        return ids.Count;
    }

    private int Count(TrainedPart part)
    {
        var text = _text.Bytes[part.Start..part.End];
        if (_tokenizer is null) return LengthStatistics.CountWords(text);
        if (!settings.Encodes) return _text.IsRendered ? _special!.Encode(_text.Bytes, part.Start, part.End, null) : _tokenizer.Count(text); // there is one if a text is rendered

        var before = _ids.Count;
        if (_text.IsRendered) _special!.Encode(_text.Bytes, part.Start, part.End, _ids); // there is one if a text is rendered
        else _tokenizer.Encode(text, _ids);

        // Untrained tokens are marked by complement.
        if (!part.IsTrained)
        {
            foreach (ref var id in CollectionsMarshal.AsSpan(_ids)[before..]) id = ~id;
        }

        return _ids.Count - before;
    }

    private void Take()
    {
        Tokens.Length = 0;
        Tokens.AppendRaw(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_ids)));
    }
}
