using System.Text.Json;
using InstructKit.Evaluation.Metrics;
using InstructKit.Templating.Values;

namespace InstructKit.Evaluation.Scoring;

/// <summary>A model's prediction for a row: texts, one per sample, or log-likelihoods of the options. One per worker; each line overwrites the previous one.</summary>
internal sealed class Prediction
{
    private readonly GrowableBuffer<byte> _bytes = new();
    private readonly GrowableBuffer<byte> _id = new();
    private readonly List<(int Sample, int Start, int Length)> _texts = [];
    private readonly GrowableBuffer<double> _numbers = new();
    private readonly GrowableBuffer<double> _unconditional = new();
    private readonly GrowableBuffer<int> _tokens = new();

    /// <summary>Id of the row; empty if the line has none.</summary>
    public ReadOnlySpan<byte> Id => _id.Items;

    /// <summary>Number of the line's first sample.</summary>
    public int Sample { get; private set; }

    public int Texts => _texts.Count;

    /// <summary>True when the line has log-likelihoods.</summary>
    public bool IsRanked { get; private set; }

    /// <summary>True for the answer to a request that failed.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>Summed log-likelihood of each option.</summary>
    public ReadOnlySpan<double> LogLikelihoods => _numbers.Items;

    /// <summary>The same without the input; empty if not given.</summary>
    public ReadOnlySpan<double> Unconditional => _unconditional.Items;

    /// <summary>Number of tokens of each option; empty if not given.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.Items;

    public ReadOnlySpan<byte> BytesOf(int index) => _bytes.Items.Slice(_texts[index].Start, _texts[index].Length);

    public int SampleOf(int index) => _texts[index].Sample;

    /// <summary>Reads a line: our own format, a sample of lm-evaluation-harness, or a batch response. Null if it is valid, otherwise the error.</summary>
    /// <param name="line">The line, a JSON object.</param>
    /// <param name="idOnly">True to read only id and sample.</param>
    public string? Read(ReadOnlySpan<byte> line, bool idOnly = false)
    {
        _bytes.Clear();
        _id.Clear();
        _texts.Clear();
        _numbers.Clear();
        _unconditional.Clear();
        _tokens.Clear();
        (Sample, IsRanked, IsFailed) = (0, false, false);
        if (idOnly && TryReadPlainId(line)) return null;

        var json = new Utf8JsonReader(line);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return "it is not a JSON object";

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("id"u8) && _id.Count == 0 || json.ValueTextEquals("custom_id"u8)) ReadId(ref json);
                else if (json.ValueTextEquals("sample"u8)) Sample = ReadInt(ref json);
                else if (json.ValueTextEquals("doc"u8)) ReadDoc(ref json);
                else if (idOnly) Skip(ref json);
                else if (json.ValueTextEquals("text"u8)) ReadText(ref json);
                else if (json.ValueTextEquals("loglikelihoods"u8)) ReadNumbers(ref json, _numbers);
                else if (json.ValueTextEquals("unconditional"u8)) ReadNumbers(ref json, _unconditional);
                else if (json.ValueTextEquals("tokens"u8)) ReadTokens(ref json);
                else if (json.ValueTextEquals("resps"u8)) ReadResponses(ref json, isFiltered: false);
                else if (json.ValueTextEquals("filtered_resps"u8)) ReadResponses(ref json, isFiltered: true);
                else if (json.ValueTextEquals("response"u8)) ReadResponse(ref json);
                else if (json.ValueTextEquals("error"u8)) ReadError(ref json);
                else Skip(ref json);
            }

            // Text after the object would be lost.
            if (json.Read()) return "more than one JSON value is on the line";
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            return failure.Message.Split('.')[0].TrimEnd();
        }

        if (_id.Count == 0) return "it has no id: a prediction has 'id', an answer to a batch 'custom_id', a sample of the harness 'doc' with the row";
        if (idOnly) return null;
        for (var i = 0; i < _texts.Count; i++) _texts[i] = _texts[i] with { Sample = Sample + i };
        IsRanked = _numbers.Count > 0;
        if (!IsRanked && _texts.Count == 0 && !IsFailed) return "it has neither a text nor log-likelihoods";
        return IsRanked && _texts.Count > 0 ? "it has both a text and log-likelihoods" : null;
    }

    // A line that begins with its id and names neither a sample nor another row is read whole when its row is scored: here the id is enough.
    private bool TryReadPlainId(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd(" \t\r"u8);
        if (!line.StartsWith("{\"id\":"u8) || line[^1] != '}') return false;

        var rest = line[6..].TrimStart((byte)' ');
        if (rest[0] != '"') return false;

        rest = rest[1..];
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (end <= 0 || rest[end] != '"' || rest.IndexOf("\"sample\""u8) >= 0 || rest.IndexOf("\"custom_id\""u8) >= 0 || rest.IndexOf("\"doc\""u8) >= 0) return false;

        _id.AddRange(rest[..end]);
        return true;
    }

    private void ReadId(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.String) throw new FormatException("the id is not a text");

        _id.Clear();
        Copy(ref json, _id);
    }

    private void ReadDoc(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) throw new FormatException("'doc' is not an object");

        _id.Clear();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("id"u8)) ReadId(ref json);
            else Skip(ref json);
        }
    }

    private void ReadText(ref Utf8JsonReader json)
    {
        json.Read();
        AddText(ref json);
    }

    private void AddText(ref Utf8JsonReader json)
    {
        if (json.TokenType is not (JsonTokenType.String or JsonTokenType.Null)) throw new FormatException("'text' is not a text");

        var start = _bytes.Count;
        if (json.TokenType == JsonTokenType.String) Copy(ref json, _bytes);
        _texts.Add((0, start, _bytes.Count - start));
    }

    private static int ReadInt(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var value) && value >= 0 ? value : throw new FormatException("'sample' is not a whole number from 0 on");
    }

    private static void ReadNumbers(ref Utf8JsonReader json, GrowableBuffer<double> numbers)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray) throw new FormatException("a list of numbers is expected");

        while (json.Read() && json.TokenType != JsonTokenType.EndArray) numbers.Add(Number(ref json));
    }

    private void ReadTokens(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray) throw new FormatException("'tokens' is a list of numbers");

        while (json.Read() && json.TokenType != JsonTokenType.EndArray) _tokens.Add(json.TryGetInt32(out var count) && count > 0 ? count : throw new FormatException("a number of tokens is at least 1"));
    }

    // The harness's log has numbers as texts, including Python's.
    private static double Number(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Number) return json.GetDouble();
        if (json.TokenType != JsonTokenType.String) throw new FormatException("a number is expected");

        return PythonFloat.TryParse(json.ValueSpan, out var value) ? value : throw new FormatException($"'{Encoding.UTF8.GetString(json.ValueSpan)}' is not a number");
    }

    // For each request a list of its repetitions; for ranked options each is [log-likelihood, is greedy]. Filtered ones are the first of them.
    private void ReadResponses(ref Utf8JsonReader json, bool isFiltered)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray) throw new FormatException("responses are a list");

        var known = _numbers.Count > 0 || _texts.Count > 0;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            // Duplicate information in the log is read once; all repetitions rather than the first.
            if (known) json.Skip();
            else if (json.TokenType == JsonTokenType.String) AddText(ref json);
            else if (json.TokenType == JsonTokenType.StartArray) ReadRequest(ref json, isFiltered);
            else throw new FormatException("a response is a text or a list");
        }
    }

    private void ReadRequest(ref Utf8JsonReader json, bool isFiltered)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.StartArray)
        {
            json.Read();
            _numbers.Add(Number(ref json));
            LeaveArray(ref json);
            LeaveArray(ref json);
            return;
        }

        if (isFiltered)
        {
            _numbers.Add(Number(ref json));
            LeaveArray(ref json);
            return;
        }

        for (; json.TokenType != JsonTokenType.EndArray; json.Read()) AddText(ref json);
    }

    private static void LeaveArray(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType != JsonTokenType.EndArray) json.Skip();
    }

    private void ReadResponse(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Null) return;
        if (json.TokenType != JsonTokenType.StartObject) throw new FormatException("'response' is not an object");

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("status_code"u8))
            {
                json.Read();
                if (!json.TryGetInt32(out var status) || status != 200) IsFailed = true;
            }
            else if (json.ValueTextEquals("body"u8))
            {
                ReadBody(ref json);
            }
            else
            {
                Skip(ref json);
            }
        }
    }

    private void ReadBody(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (!json.ValueTextEquals("choices"u8))
            {
                Skip(ref json);
                continue;
            }

            json.Read();
            if (json.TokenType != JsonTokenType.StartArray) json.Skip();
            else while (json.Read() && json.TokenType == JsonTokenType.StartObject) ReadChoice(ref json);
        }
    }

    private void ReadChoice(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("text"u8))
            {
                ReadText(ref json);
            }
            else if (json.ValueTextEquals("message"u8))
            {
                json.Read();
                while (json.TokenType != JsonTokenType.Null && json.Read() && json.TokenType == JsonTokenType.PropertyName)
                {
                    if (json.ValueTextEquals("content"u8)) ReadText(ref json);
                    else Skip(ref json);
                }
            }
            else
            {
                Skip(ref json);
            }
        }
    }

    private void ReadError(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.Null) IsFailed = true;
        json.Skip();
    }

    private static void Skip(ref Utf8JsonReader json)
    {
        json.Read();
        json.Skip();
    }

    private static void Copy(ref Utf8JsonReader json, GrowableBuffer<byte> target)
    {
        if (!json.ValueIsEscaped)
        {
            target.AddRange(json.ValueSpan);
            return;
        }

        var space = target.Reserve(json.ValueSpan.Length);
        target.Advance(json.CopyString(space));
    }
}
