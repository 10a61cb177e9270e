using System.Buffers.Text;
using InstructKit.Examples;

namespace InstructKit.Formats;

/// <summary>Receives the values of records, in the order of a schema: a value or null for every column, lists and objects between their start and end. One
/// implementation for each way in which containers store records.</summary>
public abstract class RecordWriter
{
    private Utf8Output? _json;

    /// <summary>True when JSON-escaped texts are cheapest, false for plain ones.</summary>
    public abstract bool PrefersEscaped { get; }

    /// <summary>Losses of the record being written; reset by the caller that starts a record.</summary>
    public ExampleLoss Losses { get; set; }

    /// <summary>Why the record's row cannot be written; null if it can. Reset by the caller that starts a record.</summary>
    public string? Fault { get; set; }

    /// <summary>Starts a record.</summary>
    public abstract void Begin();

    /// <summary>Ends the record, all of whose columns have been written.</summary>
    public abstract void End();

    /// <summary>Writes a text.</summary>
    public abstract void Text(ExampleText text);

    /// <summary>Starts a text that is written in parts.</summary>
    public abstract void StartText();

    /// <summary>Writes the next part of a text.</summary>
    public abstract void AddText(ExampleText text);

    /// <summary>Ends a text.</summary>
    public abstract void EndText();

    /// <summary>Writes an integer.</summary>
    public abstract void Integer(long value);

    /// <summary>Writes a number.</summary>
    public abstract void Number(double value);

    /// <summary>Writes a number from its digits, which JSON keeps unchanged.</summary>
    public virtual void Number(ReadOnlySpan<byte> digits) =>
        Number(Utf8Parser.TryParse(digits, out double value, out var read) && read == digits.Length ? value : double.NaN);

    /// <summary>Writes a boolean.</summary>
    public abstract void Boolean(bool value);

    /// <summary>Writes a JSON value unchanged; valid UTF-8 on one line.</summary>
    public abstract void Json(ReadOnlySpan<byte> value);

    /// <summary>Writes a text as a JSON value.</summary>
    public void JsonText(ExampleText text)
    {
        var json = Scratch();
        json.AppendRaw("\""u8);
        text.AppendTo(json);
        json.AppendRaw("\""u8);
        Json(json.Written);
    }

    /// <summary>An empty output for building a JSON value, which JSON-escapes text; reused by the next call.</summary>
    internal Utf8Output Scratch()
    {
        _json ??= new Utf8Output(256);
        _json.JsonEscaped = true;
        _json.Length = 0;
        return _json;
    }

    /// <summary>Writes null, whatever the column's type.</summary>
    public abstract void Null();

    /// <summary>Starts a list; followed by its elements.</summary>
    public abstract void StartList();

    /// <summary>Ends a list, which may be empty.</summary>
    public abstract void EndList();

    /// <summary>Starts an object; followed by all its fields.</summary>
    public abstract void StartObject();

    /// <summary>Ends an object.</summary>
    public abstract void EndObject();

    /// <summary>Writes columns that are the same in every example of an origin. Writers may encode them once and copy the bytes from then on, so a format must
    /// call this in one position only, always after the same columns.</summary>
    /// <param name="origin">The origin of the columns.</param>
    /// <param name="write">Writes them.</param>
    public virtual void Shared(ExampleOrigin origin, Action<RecordWriter, ExampleOrigin> write) => write(this, origin);

    /// <summary>Writes a text shared by many examples.</summary>
    public void Text(SharedText text) => Text(PrefersEscaped ? text.Escaped : text.Plain);

    /// <summary>Writes a part of a text, shared by many examples.</summary>
    public void AddText(SharedText text) => AddText(PrefersEscaped ? text.Escaped : text.Plain);

    /// <summary>Writes an object of two texts, the first of which is shared by many examples, such as the turn of a conversation.</summary>
    public virtual void Pair(SharedText first, ExampleText second)
    {
        StartObject();
        Text(first);
        Text(second);
        EndObject();
    }

    /// <summary>Writes a text with an end shared by many examples.</summary>
    public void Text(ExampleText text, SharedText end)
    {
        StartText();
        AddText(text);
        AddText(end);
        EndText();
    }

    /// <summary>Writes a text with a start shared by many examples.</summary>
    public void Text(SharedText start, ExampleText text)
    {
        StartText();
        AddText(start);
        AddText(text);
        EndText();
    }

    /// <summary>Writes a list of texts.</summary>
    public void Texts(ExampleTexts texts)
    {
        StartList();
        for (var i = 0; i < texts.Count; i++) Text(texts[i]);
        EndList();
    }
}
