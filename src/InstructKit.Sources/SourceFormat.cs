namespace InstructKit.Sources;

/// <summary>How the rows lie in their files.</summary>
public enum SourceFormat
{
    /// <summary>JSON Lines: one JSON value a line.</summary>
    Jsonl,

    /// <summary>Whole JSON documents: arrays, objects of objects, deeper paths, several values one after another.</summary>
    Json,

    /// <summary>Comma-separated values after RFC 4180.</summary>
    Csv,

    /// <summary>Tab-separated values without any quoting, as GLUE has them.</summary>
    Tsv,

    /// <summary>Plain lines; one or several of them a record.</summary>
    Lines,

    /// <summary>Files whose n-th lines belong together; each file is a column.</summary>
    Parallel,

    /// <summary>Every file is one row.</summary>
    Files,

    /// <summary>XML documents.</summary>
    Xml,

    /// <summary>Apache Parquet.</summary>
    Parquet,
}
